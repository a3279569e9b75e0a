// A sample may be stamped this far ahead of our clock and still be evaluated at once.
const LEAD_MS = 60_000

/**
 * The time to evaluate at: now, or the newest sample's own time when that is at most a minute ahead; never before
 * the last evaluation, unless the clock was set back by more than that.
 */
export function createEvaluationTime(): (nowMs: number, newestSampleMs?: number) => number {
  let last = Number.NEGATIVE_INFINITY
  return (nowMs, newestSampleMs = nowMs) => {
    const sample = newestSampleMs - nowMs <= LEAD_MS ? newestSampleMs : nowMs
    const before = last - nowMs <= LEAD_MS ? last : nowMs
    last = Math.ceil(Math.max(nowMs, sample, before))
    return last
  }
}
