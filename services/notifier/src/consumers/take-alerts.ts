import { type AlertEvent, alertEvent } from '@tocsin/contract'
import {
  CodedError,
  type Delivery,
  type Done,
  decodeJson,
  done,
  parseWith,
  pipeline,
  type ServiceContext,
  type Stage,
  type Stages,
} from '@tocsin/runtime'
import { logSuppressed, titleOfTransition } from '../delivery/log-suppressed.ts'
import type { Grouper } from '../grouping/grouper.ts'
import type { NotifierMetrics } from '../metrics.ts'
import { boundedId } from '../outbox/bounded-id.ts'

export interface TakeAlertsDeps extends Pick<ServiceContext, 'bus' | 'clock'> {
  readonly grouper: Grouper
  readonly metrics: NotifierMetrics
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

/** What happens to an alert transition. */
export function alertStages(deps: TakeAlertsDeps): Stages {
  return pipeline(decodeJson, parseWith(alertEvent), skipPending(deps), group(deps))
}

/** A pending alert may yet go away: nobody is told. */
function skipPending({ metrics }: TakeAlertsDeps): Stage<AlertEvent, AlertEvent> {
  return (event) => {
    if (event.state !== 'pending') return event
    metrics.taken('alerts', 'ignored', 'pending')
    return done('pending')
  }
}

/** Takes it into its group, which tells it now or later; either is durable before it is acknowledged. */
function group({ grouper, metrics, bus, clock, signal }: TakeAlertsDeps): Stage<AlertEvent, Done> {
  return async (event, delivery: Delivery) => {
    if (signal.aborted) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    const taken = await grouper.accept(event, delivery.sequence)
    metrics.taken('alerts', taken.action, taken.reason)
    if (taken.action === 'suppressed' || taken.action === 'dropped' || taken.reason === 'repeat')
      await logSuppressed(
        { bus, metrics },
        {
          id: `${boundedId(event.id)}-${delivery.sequence}`,
          reason: taken.reason,
          channels: taken.route?.channels ?? [],
          receiver: taken.route?.receiver ?? 'none',
          kind: 'alerts',
          groupKey: taken.groupKey || `alert:${event.fingerprint}`,
          severity: event.severity,
          title: titleOfTransition(event),
          fingerprints: [event.fingerprint],
          stages: event.stages,
          nowMs: clock.now(),
        },
      )
    return done(taken.reason)
  }
}
