import type { AlertEvent } from '@tocsin/contract'
import { CodedError, type ServiceContext } from '@tocsin/runtime'
import type { Courses } from '../alertmanager/courses.ts'
import { logSuppressed, titleOfTransition } from '../delivery/log-suppressed.ts'
import type { Grouper, Taken } from '../grouping/grouper.ts'
import type { NotifierMetrics } from '../metrics.ts'
import { boundedId } from '../outbox/bounded-id.ts'

export interface TakeInDeps extends Pick<ServiceContext, 'bus' | 'clock'> {
  readonly grouper: Pick<Grouper, 'accept'>
  readonly courses: Pick<Courses, 'concerns' | 'take'>
  readonly metrics: NotifierMetrics
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

/**
 * Takes a transition into its group, which tells it now or later, or leaves it to Alertmanager, which is told of it and
 * tells people; what that cannot be told of comes once more, to be told directly. Nothing of it can be lost when this
 * resolves. `sequence` is its place in ALERTS. Answers what became of it.
 */
export type TakeIn = (event: AlertEvent, sequence: number) => Promise<string>

export function createTakeIn({ grouper, courses, metrics, bus, clock, signal }: TakeInDeps): TakeIn {
  return async (event, sequence) => {
    if (signal.aborted) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    if (!event.direct && courses.concerns(event)) {
      const way = await courses.take(event, sequence)
      metrics.taken('alerts', 'left', way)
      return way
    }
    const taken = await grouper.accept(event, sequence)
    metrics.taken('alerts', taken.action, taken.reason)
    if (isWithheld(event, taken))
      await logSuppressed(
        { bus, metrics },
        {
          id: `${boundedId(event.id)}-${sequence}`,
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
    return taken.reason
  }
}

/** Who posts alerts posts them again and again, with new annotations, and after a crash so do we: no news for the log. */
function isWithheld({ origin }: AlertEvent, { action, reason }: Taken): boolean {
  if (origin === 'posted' && (reason === 'already_firing' || reason === 'repeat')) return false
  return action === 'suppressed' || action === 'dropped' || reason === 'repeat'
}
