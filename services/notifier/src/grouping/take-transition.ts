import type { AlertEvent } from '@tocsin/contract'
import type { Route } from '../policy/policy.ts'
import type { GroupName } from './group-key.ts'
import { type AlertRecord, type GroupRecord, heardOf } from './records.ts'
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
  /** Taken in, and no receiver will hear of it. */
  | { readonly action: 'suppress'; readonly reason: SuppressReason; readonly record: AlertRecord }
  /** Taken in, to be told with its group. */
  | { readonly action: 'group'; readonly reason: 'firing' | 'resolved'; readonly record: AlertRecord }

export type SuppressReason = 'already_firing' | 'never_notified'

/** Decides what one transition does to what is known of its alert. */
export function takeTransition(
  { event, seq, acceptedMs }: Transition,
  previous: AlertRecord | undefined,
  group: GroupRecord | undefined,
  { route, name }: { readonly route: Route; readonly name: GroupName },
): TransitionDecision {
  if (previous && seq <= previous.seq) return { action: 'ignore', reason: 'redelivered' }
  // The same event published again, later than the stream's duplicate window remembers.
  if (previous && event.id === previous.id) return { action: 'ignore', reason: 'repeat' }
  const status = event.state === 'resolved' ? 'resolved' : 'firing'
  const own = previous?.groupKey === name.key ? heardOf(previous, group) : 'nothing'
  const heard = event.direct?.heard === 'firing' ? 'firing' : own
  const record: AlertRecord = {
    fingerprint: event.fingerprint,
    id: event.id,
    seq,
    status,
    heard,
    severity: event.severity,
    route: route.name,
    groupKey: name.key,
    groupLabels: name.labels,
    alert: webhookAlertOf(event),
    acceptedMs,
    stages: { ...event.stages, accepted: new Date(acceptedMs).toISOString() },
  }
  if (status === 'resolved' && heard !== 'firing')
    return { action: 'suppress', reason: 'never_notified', record }
  if (status === 'firing' && heard === 'firing')
    return { action: 'suppress', reason: 'already_firing', record }
  return { action: 'group', reason: status, record }
}
