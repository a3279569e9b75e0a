import type { PostedAlert } from '@tocsin/contract'

/** What is known of an alert that is posted from outside. */
export interface KnownPosted {
  readonly alert: PostedAlert
  /** When it was posted last. Milliseconds since the epoch. */
  readonly postedMs: number
  /** Whether it was told to fire, and not yet to have ended. */
  readonly isFiring: boolean
  /** It ended, and its beginning, posted after this, has not come. Milliseconds since the epoch. */
  readonly unheardSinceMs?: number | undefined
}

/** What a post is to what is known: news to tell, a sign that it still fires, or nothing. */
export interface PostedJudgement {
  readonly action: 'firing' | 'changed' | 'resolved' | 'refreshed' | 'ended_before' | 'overtaken' | 'late'
  readonly alert: PostedAlert
}

/** Decides what an alert that was posted at `postedMs` does, as Alertmanager does. */
export function judgePosted(
  known: KnownPosted | undefined,
  posted: PostedAlert,
  postedMs: number,
): PostedJudgement {
  // A queue that was taken over may bring it behind what is newer: an end behind which its beginning comes is told after that.
  if (known && postedMs < known.postedMs)
    return postedMs > (known.unheardSinceMs ?? known.postedMs) && Date.parse(posted.endsAt) > postedMs
      ? { action: 'late', alert: posted }
      : { action: 'overtaken', alert: known.alert }
  const alert = known ? mergeOverlapping(known.alert, posted, postedMs) : posted
  if (Date.parse(alert.endsAt) <= postedMs)
    return { action: known?.isFiring ? 'resolved' : 'ended_before', alert }
  if (!known?.isFiring) return { action: 'firing', alert }
  return { action: saysTheSame(known.alert, alert) ? 'refreshed' : 'changed', alert }
}

/** Of two accounts of one alert: the earlier start; an end that was given before one that is only a timeout. */
export function mergeOverlapping(old: PostedAlert, posted: PostedAlert, nowMs: number): PostedAlert {
  const [oldStart, oldEnd] = [Date.parse(old.startsAt), Date.parse(old.endsAt)]
  const [start, end] = [Date.parse(posted.startsAt), Date.parse(posted.endsAt)]
  const isWithin = (ms: number) => ms > oldStart && ms < oldEnd
  if (!isWithin(start) && !isWithin(end)) return posted
  const startsAt = oldStart < start ? old.startsAt : posted.startsAt
  const bothEnded = end <= nowMs && oldEnd <= nowMs
  const oldEndCounts = oldEnd > end && (end <= nowMs ? bothEnded : !old.timeout)
  return oldEndCounts
    ? { ...posted, startsAt, endsAt: old.endsAt, timeout: old.timeout }
    : { ...posted, startsAt }
}

function saysTheSame(a: PostedAlert, b: PostedAlert): boolean {
  const said = ({ annotations, startsAt, generatorURL }: PostedAlert) =>
    JSON.stringify([Object.entries(annotations).sort(), startsAt, generatorURL])
  return said(a) === said(b)
}
