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
import type { Courses } from '../alertmanager/courses.ts'
import { logSuppressed, titleOfTransition } from '../delivery/log-suppressed.ts'
import type { Grouper } from '../grouping/grouper.ts'
import type { NotifierMetrics } from '../metrics.ts'
import { boundedId } from '../outbox/bounded-id.ts'

export interface TakeAlertsDeps extends Pick<ServiceContext, 'bus' | 'clock'> {
  readonly grouper: Grouper
  readonly courses: Courses
  readonly metrics: NotifierMetrics
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

/** What happens to an alert transition. */
export function alertStages(deps: TakeAlertsDeps): Stages {
  return pipeline(
    decodeJson,
    parseWith(alertEvent),
    skipPending(deps),
    leaveToAlertmanager(deps),
    group(deps),
  )
}

/** A pending alert may yet go away: nobody is told. */
function skipPending({ metrics }: TakeAlertsDeps): Stage<AlertEvent, AlertEvent> {
  return (event) => {
    if (event.state !== 'pending') return event
    metrics.taken('alerts', 'ignored', 'pending')
    return done('pending')
  }
}

/** Alertmanager is told of it, and tells people; what it cannot be told of comes once more, to be told directly. */
function leaveToAlertmanager({ courses, metrics }: TakeAlertsDeps): Stage<AlertEvent, AlertEvent> {
  return async (event, { sequence }) => {
    if (event.direct || !courses.concerns(event)) return event
    const reason = await courses.take(event, sequence)
    metrics.taken('alerts', 'left', reason)
    return done(reason)
  }
}

/** Takes it into its group, which tells it now or later; either is durable before it is acknowledged. */
function group({ grouper, metrics, bus, clock, signal }: TakeAlertsDeps): Stage<AlertEvent, Done> {
  return async (event, delivery: Delivery) => {
    if (signal.aborted) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    const taken = await grouper.accept(event, delivery.sequence)
    metrics.taken('alerts', taken.action, taken.reason)
    // Who posts alerts posts them again and again, with new annotations: that is no news for the log.
    const isRefresh = event.origin === 'posted' && taken.reason === 'already_firing'
    const isWithheld =
      taken.action === 'suppressed' || taken.action === 'dropped' || taken.reason === 'repeat'
    if (isWithheld && !isRefresh)
      await logSuppressed(
        { bus, metrics },
        {
          id: `${boundedId(event.id)}-${delivery.sequence}`,
          reason: taken.reason,
          channels: taken.queues,
          receiver: taken.route?.receiver ?? 'none',
          kind: 'alerts',
          groupKey: taken.groupKey || `alert:${event.fingerprint}`,
          severity: event.severity,
          title: titleOfTransition(event),
          fingerprints: [event.fingerprint],
          alertnames: [event.alertname],
          stages: event.stages,
          nowMs: clock.now(),
        },
      )
    return done(taken.reason)
  }
}
