import { dropChunks, enforceByteCap } from './evict-oldest.ts'
import type { HeadState } from './head-state.ts'
import { dropOpen } from './series/open-samples.ts'
import { freezeSeries, packIdle } from './series/pack-series.ts'
import { estimateSeriesBytes, type MemorySeries } from './series/series.ts'

/** What one run of `maintain` did. */
export interface MaintenanceReport {
  readonly expiredSamples: number
  readonly evictedSamples: number
  readonly droppedSeries: number
}

/** Series that are looked at in one step. */
const SEEN_A_STEP = 500
/** Series that are dropped in one step: each makes the lists that they are in anew. */
const DROPPED_A_STEP = 2000

/**
 * Applies retention as of `nowMs`, in steps: drops chunks that are wholly past it and series that have nothing left,
 * packs what is idle or thawed, and enforces the cap in bytes. Time goes on with the samples, and not ahead of the clock:
 * a clock that jumps ahead by itself drops nothing, and one that is set back leaves nothing refused.
 */
export function* maintainHead(state: HeadState, nowMs: number): Generator<void, MaintenanceReport> {
  const { expired, evicted, seriesDropped } = state.counts
  state.horizonMs = Math.min(nowMs, state.newestMs) - state.limits.retentionMs
  for (const series of [...state.thawed]) {
    freezeSeries(state, series)
    yield
  }
  const empty = new Set<MemorySeries>()
  let seen = 0
  for (const series of state.index.all()) {
    if (++seen % SEEN_A_STEP === 0) yield
    if (series.lastTimeMs < state.horizonMs) {
      empty.add(series)
      continue
    }
    dropExpired(state, series)
    if (series.lastTimeMs < nowMs - state.limits.idleMs) packIdle(state, series)
  }
  yield* dropSeries(state, empty)
  enforceByteCap(state)
  return {
    expiredSamples: state.counts.expired - expired,
    evictedSamples: state.counts.evicted - evicted,
    droppedSeries: state.counts.seriesDropped - seriesDropped,
  }
}

function dropExpired(state: HeadState, series: MemorySeries): void {
  let expired = 0
  for (const chunk of series.chunks) {
    const end = typeof chunk === 'number' ? state.arena.maxTimeOf(chunk) : (chunk.times[chunk.count - 1] ?? 0)
    if (end >= state.horizonMs) break
    expired++
  }
  if (expired > 0) state.counts.expired += dropChunks(state, series, expired)
}

/** Removes series with all they hold, unless they got a sample since; some have been interned and never written to. */
function* dropSeries(state: HeadState, doomed: ReadonlySet<MemorySeries>): Generator<void> {
  let step = new Set<MemorySeries>()
  for (const series of doomed) {
    if (series.lastTimeMs >= state.horizonMs) continue
    step.add(series)
    if (step.size < DROPPED_A_STEP) continue
    dropAtOnce(state, step)
    step = new Set()
    yield
  }
  dropAtOnce(state, step)
}

function dropAtOnce(state: HeadState, doomed: ReadonlySet<MemorySeries>): void {
  if (doomed.size === 0) return
  state.index.remove(doomed)
  for (const series of doomed) {
    const raw = state.table.openCount[series.row] ?? 0
    state.capture?.before(series)
    state.counts.expired += dropChunks(state, series, series.chunks.length) + raw
    state.counts.samples -= raw
    dropOpen(state, series)
    state.seriesBytes -= estimateSeriesBytes(series)
    state.seriesLimits.release(series)
    state.thawed.delete(series)
    state.table.release(series.row)
    series.row = -1
  }
  state.counts.seriesDropped += doomed.size
  for (const listener of state.listeners) for (const series of doomed) listener.dropped?.(series)
}
