import type { Route } from '../policy/policy.ts'
import { isUntoldResolve } from './decide-flush.ts'
import { type AlertRecord, type GroupRecord, heardOf } from './records.ts'

/**
 * When a group must be looked at next, in milliseconds since the epoch; undefined when it has nothing left to tell.
 * As in Alertmanager, the first flush comes a wait after the first alert (at once for an alert that has fired for
 * longer), and later ones lie whole intervals after it.
 */
export function nextFlushMs(
  members: readonly AlertRecord[],
  group: GroupRecord | undefined,
  route: Route,
): number | undefined {
  const fresh = members.filter((m) => m.status === 'firing' && heardOf(m, group) !== 'firing')
  if (!group) return fresh.length === 0 ? undefined : Math.min(...fresh.map((m) => firstFlushMs(m, route)))
  const changed = [...fresh, ...members.filter((m) => isUntoldResolve(m, group))]
  if (changed.length > 0) return tickAtOrAfter(Math.min(...changed.map((m) => m.acceptedMs)), group, route)
  const stillFires = members.some((m) => m.status === 'firing')
  if (!stillFires) return group.lastSentMs
  return route.repeatMs === undefined
    ? undefined
    : tickAtOrAfter(group.lastSentMs + route.repeatMs, group, route)
}

function tickAtOrAfter(timeMs: number, group: GroupRecord, { intervalMs }: Route): number {
  if (intervalMs === 0) return timeMs
  const intervals = Math.max(1, Math.ceil((timeMs - group.anchorMs) / intervalMs))
  return group.anchorMs + intervals * intervalMs
}

function firstFlushMs({ alert, acceptedMs }: AlertRecord, { waitMs }: Route): number {
  return Date.parse(alert.startsAt) + waitMs <= acceptedMs ? acceptedMs : acceptedMs + waitMs
}
