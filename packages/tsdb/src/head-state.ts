import { type ChunkArena, createChunkArena } from './chunks/chunk-arena.ts'
import { createExemplarStore, type ExemplarStore } from './exemplars/exemplar-store.ts'
import type { HeadLimits } from './head-options.ts'
import { createOpenStore, type OpenStore } from './series/open-store.ts'
import type { MemorySeries, Series } from './series/series.ts'
import { createSeriesIndex, type SeriesIndex } from './series/series-index.ts'
import { createSeriesLimits, type SeriesLimits } from './series/series-limits.ts'
import { createSeriesTable, type SeriesTable } from './series/series-table.ts'

/** What the parts of one head share. */
export interface HeadState {
  readonly limits: HeadLimits
  readonly table: SeriesTable
  readonly open: OpenStore
  readonly arena: ChunkArena
  readonly index: SeriesIndex
  readonly seriesLimits: SeriesLimits
  readonly exemplars: ExemplarStore
  /** Series with thawed chunks, which wait to be packed again. */
  readonly thawed: Set<MemorySeries>
  thawedChunks: number
  thawedSamples: number
  thawedBytes: number
  /** Raw samples of all series. */
  openSamples: number
  readonly counts: HeadCounts
  readonly listeners: Set<SeriesListener>
  /** Replaced as a whole, since they are called at every sample. */
  sampleWatchers: readonly SampleWatcher[]
  /** A snapshot that is being written, which must learn of what changes under it. */
  capture: { before(series: MemorySeries): void } | undefined
  nextRef: number
  /** No sample before this is kept or seen. */
  horizonMs: number
  /** The newest timestamp that was ever appended. */
  newestMs: number
  /** Estimated bytes of series without their samples and rows. */
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
    table: createSeriesTable(),
    open: createOpenStore(),
    arena: createChunkArena(),
    index: createSeriesIndex(),
    seriesLimits: createSeriesLimits(limits),
    exemplars: createExemplarStore(limits.maxExemplars),
    thawed: new Set(),
    thawedChunks: 0,
    thawedSamples: 0,
    thawedBytes: 0,
    openSamples: 0,
    listeners: new Set(),
    sampleWatchers: [],
    capture: undefined,
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
    newestMs: Number.NEGATIVE_INFINITY,
    seriesBytes: 0,
  }
}

/** Estimated bytes of the whole head. */
export function totalBytes(state: HeadState): number {
  return (
    state.arena.bytes() + state.open.bytes() + state.thawedBytes + state.table.bytes() + state.seriesBytes
  )
}
