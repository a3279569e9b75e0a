import { type AlertEvent, alertEvent } from '@tocsin/contract'
import { type Done, decodeJson, done, parseWith, pipeline, type Stage, type Stages } from '@tocsin/runtime'
import type { NotifierMetrics } from '../metrics.ts'
import type { TakeIn } from './take-in.ts'

export interface TakeAlertsDeps {
  readonly takeIn: TakeIn
  readonly metrics: NotifierMetrics
}

/** What happens to an alert transition. */
export function alertStages(deps: TakeAlertsDeps): Stages {
  return pipeline(decodeJson, parseWith(alertEvent), skipPending(deps), take(deps))
}

/** A pending alert may yet go away: nobody is told. */
function skipPending({ metrics }: TakeAlertsDeps): Stage<AlertEvent, AlertEvent> {
  return (event) => {
    if (event.state !== 'pending') return event
    metrics.taken('alerts', 'ignored', 'pending')
    return done('pending')
  }
}

/** What that tells or keeps is durable before the message is acknowledged. */
function take({ takeIn }: TakeAlertsDeps): Stage<AlertEvent, Done> {
  return async (event, { sequence }) => done(await takeIn(event, sequence))
}
