import type { AlertEvent } from '@tocsin/contract'
import type { AlertRecord } from './records.ts'
import { webhookAlertOf } from './webhook-alert.ts'

export interface Transition {
  readonly event: AlertEvent
  /** Its place in the ALERTS stream. */
  readonly seq: number
  readonly acceptedMs: number
}

export type TransitionDecision =
  /** Known already: nothing changes. */
  | { readonly action: 'ignore'; readonly reason: 'redelivered' | 'repeat' }
  | { readonly action: 'take'; readonly record: AlertRecord }

/** Decides what one transition does to what is known of its alert. */
export function takeTransition(
  { event, seq, acceptedMs }: Transition,
  previous: AlertRecord | undefined,
): TransitionDecision {
  if (previous && seq <= previous.seq) return { action: 'ignore', reason: 'redelivered' }
  // The same event published again, later than the stream's duplicate window remembers.
  if (previous && event.id === previous.id) return { action: 'ignore', reason: 'repeat' }
  return {
    action: 'take',
    record: {
      fingerprint: event.fingerprint,
      id: event.id,
      seq,
      status: event.state === 'resolved' ? 'resolved' : 'firing',
      severity: event.severity,
      alert: webhookAlertOf(event),
      acceptedMs,
      stages: { ...event.stages, accepted: new Date(acceptedMs).toISOString() },
    },
  }
}
