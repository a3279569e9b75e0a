import { type ChunkArena, createChunkArena } from './chunks/chunk-arena.ts'
import type { HeadLimits } from './head-options.ts'
import type { MemorySeries, Series } from './series/series.ts'
import { createSeriesIndex, type SeriesIndex } from './series/series-index.ts'
import { createSeriesLimits, type SeriesLimits } from './series/series-limits.ts'

/** What the parts of one head share. */
export interface HeadState {
  readonly limits: HeadLimits
  readonly arena: ChunkArena
  readonly index: SeriesIndex
  readonly seriesLimits: SeriesLimits
  /** Series with thawed chunks, which wait to be packed again. */
  readonly thawed: Set<MemorySeries>
  thawedChunks: number
  readonly counts: HeadCounts
  readonly listeners: Set<SeriesListener>
  /** Replaced as a whole, since they are called at every sample. */
  sampleWatchers: readonly SampleWatcher[]
  nextRef: number
  /** No sample before this is kept or seen. */
  horizonMs: number
  /** Bytes of open and thawed blocks. */
  openBytes: number
  /** Estimated bytes of series without their samples. */
  seriesBytes: number
}

export interface HeadCounts {
  samples: number
  appended: number
  inserted: number
  replaced: number
  unchanged: number
  tooOld: number
  /** Samples dropped because they were past retention. */
  expired: number
  /** Samples dropped before their time because of the cap in bytes. */
  evicted: number
  seriesCreated: number
  seriesDropped: number
}

/** Learns of series as they come and go. Called synchronously; must not append. */
export interface SeriesListener {
  created?(series: MemorySeries): void
  dropped?(series: MemorySeries): void
}

/** Learns of every sample that changed something. Called synchronously; must not append. */
export type SampleWatcher = (series: Series, timeMs: number, value: number, stale: boolean) => void

export function createHeadState(limits: HeadLimits): HeadState {
  return {
    limits,
    arena: createChunkArena(),
    index: createSeriesIndex(),
    seriesLimits: createSeriesLimits(limits),
    thawed: new Set(),
    thawedChunks: 0,
    listeners: new Set(),
    sampleWatchers: [],
    counts: {
      samples: 0,
      appended: 0,
      inserted: 0,
      replaced: 0,
      unchanged: 0,
      tooOld: 0,
      expired: 0,
      evicted: 0,
      seriesCreated: 0,
      seriesDropped: 0,
    },
    nextRef: 1,
    horizonMs: Number.NEGATIVE_INFINITY,
    openBytes: 0,
    seriesBytes: 0,
  }
}

/** Estimated bytes of the whole head. */
export function totalBytes(state: HeadState): number {
  return state.arena.bytes() + state.openBytes + state.seriesBytes
}
