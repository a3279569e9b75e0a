import type { Route } from '../policy/policy.ts'
import type { AlertRecord } from './records.ts'
import { type Class, isNews } from './told-classes.ts'

/** What decides when a group is looked at. */
export interface Timing {
  readonly route: Pick<Route, 'waitMs' | 'intervalMs' | 'repeatMs'>
  /** When it was looked at first; undefined before that. */
  readonly anchorMs: number | undefined
  /** When it was looked at last: what it left out then is looked at again an interval later. */
  readonly lookedMs: number | undefined
}

/** How soon a group without an interval is looked at again for what is muted. */
const LOOK_AGAIN_MS = 10_000

/**
 * When a group must be looked at next, in milliseconds since the epoch; undefined while nothing is to be told.
 * As in Alertmanager, the first time is a wait after the first alert (at once for an alert that has fired for
 * longer), and later ones lie whole intervals after it.
 */
export function nextFlushMs(
  members: Iterable<AlertRecord>,
  moved: ReadonlySet<string>,
  classes: readonly Class[],
  timing: Timing,
): number | undefined {
  let due = Number.POSITIVE_INFINITY
  let fires = false
  for (const member of members) {
    if (member.status === 'firing' && !moved.has(member.fingerprint)) fires = true
    due = Math.min(due, dueOf(member, moved, classes, timing) ?? due)
  }
  if (fires) due = Math.min(due, repeatDue(classes, timing))
  return Number.isFinite(due) ? due : undefined
}

/** When a member wants its group looked at; undefined where all channels know of it. */
export function dueOf(
  member: AlertRecord,
  moved: ReadonlySet<string>,
  classes: readonly Class[],
  timing: Timing,
): number | undefined {
  const { anchorMs, route } = timing
  if (anchorMs === undefined && member.status === 'firing' && !moved.has(member.fingerprint))
    return firstFlushMs(member, route)
  if (!classes.some((known) => isNews(member, known, moved))) return undefined
  return tickAtOrAfter(member.acceptedMs, timing)
}

function repeatDue(classes: readonly Class[], timing: Timing): number {
  const { repeatMs } = timing.route
  if (repeatMs === undefined) return Number.POSITIVE_INFINITY
  const last = classes
    .filter(({ told, isFormer }) => !isFormer && told.count > 0)
    .map(({ told }) => told.atMs)
  return last.length === 0 ? Number.POSITIVE_INFINITY : tickAtOrAfter(Math.min(...last) + repeatMs, timing)
}

function tickAtOrAfter(timeMs: number, { route: { intervalMs }, anchorMs, lookedMs }: Timing): number {
  const fromMs = lookedMs === undefined ? timeMs : Math.max(timeMs, lookedMs + 1)
  if (anchorMs === undefined) return fromMs
  if (intervalMs === 0) return fromMs === timeMs || lookedMs === undefined ? timeMs : lookedMs + LOOK_AGAIN_MS
  const intervals = Math.max(1, Math.ceil((fromMs - anchorMs) / intervalMs))
  return anchorMs + intervals * intervalMs
}

function firstFlushMs({ alert, acceptedMs }: AlertRecord, { waitMs }: Timing['route']): number {
  return Date.parse(alert.startsAt) + waitMs <= acceptedMs ? acceptedMs : acceptedMs + waitMs
}
