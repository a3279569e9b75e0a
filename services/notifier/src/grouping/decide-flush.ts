import type { Route } from '../policy/policy.ts'
import { type AlertRecord, type GroupRecord, heardOf } from './records.ts'

export type FlushDecision =
  | {
      readonly action: 'send'
      readonly reason: 'first' | 'new_alerts' | 'resolved' | 'repeat'
      /** Everything that fires, and what has resolved since the receivers heard that it fires. */
      readonly alerts: readonly AlertRecord[]
      /** The transitions that this flush is the first to tell; none for a repeat. */
      readonly news: readonly AlertRecord[]
      readonly next: GroupRecord
      /** Nothing fires any more: the group ends with this flush. */
      readonly last: boolean
    }
  | { readonly action: 'keep'; readonly reason: 'unchanged' }
  | { readonly action: 'end'; readonly reason: 'nothing_left' }

/** Decides what a group tells now, and what is known of the group afterwards. */
export function decideFlush(
  key: string,
  members: readonly AlertRecord[],
  group: GroupRecord | undefined,
  route: Route,
  nowMs: number,
): FlushDecision {
  const firing = members.filter((member) => member.status === 'firing')
  const fresh = firing.filter((member) => heardOf(member, group) !== 'firing')
  const ended = members.filter((member) => isUntoldResolve(member, group))
  const alerts = [...firing, ...ended]
  const send = (reason: 'first' | 'new_alerts' | 'resolved' | 'repeat', news: readonly AlertRecord[]) => {
    const flushedSeq = Math.max(group?.flushedSeq ?? -1, ...members.map((member) => member.seq))
    const repeats = reason === 'repeat' ? (group?.repeats ?? 0) + 1 : 0
    const next = { key, anchorMs: group?.anchorMs ?? nowMs, flushedSeq, lastSentMs: nowMs, repeats }
    return { action: 'send', reason, alerts, news, next, last: firing.length === 0 } as const
  }
  if (fresh.length > 0) return send(group ? 'new_alerts' : 'first', [...fresh, ...ended])
  if (ended.length > 0) return send('resolved', ended)
  if (firing.length === 0) return { action: 'end', reason: 'nothing_left' }
  if (group && route.repeatMs !== undefined && nowMs - group.lastSentMs >= route.repeatMs)
    return send('repeat', [])
  return { action: 'keep', reason: 'unchanged' }
}

/** Resolved, while the receivers still believe that it fires. */
export function isUntoldResolve(member: AlertRecord, group: GroupRecord | undefined): boolean {
  return member.status === 'resolved' && group !== undefined && heardOf(member, group) === 'firing'
}
