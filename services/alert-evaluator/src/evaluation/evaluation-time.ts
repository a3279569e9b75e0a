/**
 * A sample may be stamped this far ahead of our clock and still be seen at once: as much as clocks differ that are kept by
 * NTP. Not more, since the time that one publisher sets is that of all rules: with theirs moved by a minute, `for` would be
 * over too early, and a rate over half a minute would find nothing of the publishers whose clocks are right.
 */
const LEAD_MS = 2000
/** How far our own clock may be set back while time waits for it. */
const SET_BACK_MS = 60_000

/**
 * The time to evaluate at: now, or the newest sample's own time when that is a little ahead; never before the last
 * evaluation, unless the clock was set back by more than a minute. A sample further ahead is seen when its time has come.
 */
export function createEvaluationTime(): (nowMs: number, newestSampleMs?: number) => number {
  let last = Number.NEGATIVE_INFINITY
  return (nowMs, newestSampleMs = nowMs) => {
    const sample = newestSampleMs - nowMs <= LEAD_MS ? newestSampleMs : nowMs
    const before = last - nowMs <= SET_BACK_MS ? last : nowMs
    last = Math.ceil(Math.max(nowMs, sample, before))
    return last
  }
}
