import { dropChunks, enforceByteCap } from './evict-oldest.ts'
import type { HeadState } from './head-state.ts'
import { freezeSeries, packOpen, resizeOpen } from './series/pack-series.ts'
import { EMPTY_BLOCK, lastTimeOf } from './series/sample-block.ts'
import { estimateSeriesBytes, type MemorySeries } from './series/series.ts'

/** What one run of `maintain` did. */
export interface MaintenanceReport {
  readonly expiredSamples: number
  readonly evictedSamples: number
  readonly droppedSeries: number
}

/**
 * Applies retention as of `nowMs`: drops chunks that are wholly past it and series that have nothing left, packs
 * what is idle or thawed, and enforces the cap in bytes. The horizon never moves back.
 */
export function maintainHead(state: HeadState, nowMs: number): MaintenanceReport {
  const { expired, evicted, seriesDropped } = state.counts
  state.horizonMs = Math.max(state.horizonMs, nowMs - state.limits.retentionMs)
  for (const series of [...state.thawed]) freezeSeries(state, series)
  const empty: MemorySeries[] = []
  for (const series of state.index.all()) {
    if (series.lastTimeMs < state.horizonMs) {
      empty.push(series)
      continue
    }
    dropExpired(state, series)
    if (series.open.count > 0 && series.lastTimeMs < nowMs - state.limits.idleMs)
      packOpen(state, series, true)
  }
  dropSeries(state, empty)
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
    const end = typeof chunk === 'number' ? state.arena.maxTimeOf(chunk) : lastTimeOf(chunk)
    if (end >= state.horizonMs) break
    expired++
  }
  if (expired > 0) state.counts.expired += dropChunks(state, series, expired)
}

/** Removes series with all they hold; empty ones have been interned and never written to. */
function dropSeries(state: HeadState, doomed: readonly MemorySeries[]): void {
  if (doomed.length === 0) return
  for (const series of doomed) {
    state.counts.expired += dropChunks(state, series, series.chunks.length) + series.open.count
    state.counts.samples -= series.open.count
    resizeOpen(state, series, EMPTY_BLOCK)
    state.seriesBytes -= estimateSeriesBytes(series)
    state.seriesLimits.release(series)
    state.thawed.delete(series)
    series.dropped = true
  }
  state.counts.seriesDropped += doomed.length
  state.index.remove(doomed)
  for (const listener of state.listeners) for (const series of doomed) listener.dropped?.(series)
}
