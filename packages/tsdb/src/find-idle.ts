import type { HeadState } from './head-state.ts'
import type { MemorySeries } from './series/series.ts'

/** Series that are looked at in one step. */
const A_STEP = 5000

/** The series whose newest sample is older than `sinceMs` and no staleness marker. */
export function* findIdle(state: HeadState, sinceMs: number): Generator<void, MemorySeries[]> {
  const found: MemorySeries[] = []
  let seen = 0
  for (const series of state.index.all()) {
    if (++seen % A_STEP === 0) yield
    // One without any sample has nothing to end.
    const { lastTimeMs } = series
    if (lastTimeMs < sinceMs && lastTimeMs > Number.NEGATIVE_INFINITY && !series.lastIsStale)
      found.push(series)
  }
  return found
}
