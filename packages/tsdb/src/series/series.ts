import type { Labels } from '@tocsin/promql'
import type { ChunkId } from '../chunks/chunk-arena.ts'
import { EMPTY_BLOCK, type SampleBlock } from './sample-block.ts'

/** An interned series: the handle that samples are appended by. Its identity and its labels' never change. */
export interface Series {
  /** Unique within a head, ascending in order of creation, never reused. */
  readonly ref: number
  /** With `__name__`; sorted by name, without empty values. */
  readonly labels: Labels
  /** The metric's name; empty when the series has none. */
  readonly name: string
  /** Who created it, for the limit of series per source. */
  readonly source: string
  /** True once retention removed it: intern the labels again. */
  readonly dropped: boolean
  /** Timestamp of the newest sample in ms, -Infinity before the first. */
  readonly lastTimeMs: number
  /** The newest value; NaN when it is a staleness marker. */
  readonly lastValue: number
  readonly lastIsStale: boolean
}

/** Samples out of the open block: packed, or thawed because a late sample came. */
export type Chunk = ChunkId | SampleBlock

/** A series as the head sees it. Chunks ascend in time, never overlap, and end before the open block begins. */
export interface MemorySeries extends Series {
  readonly key: string
  dropped: boolean
  lastTimeMs: number
  lastValue: number
  lastIsStale: boolean
  open: SampleBlock
  /** Open samples at which all but the newest are packed. */
  packAt: number
  chunks: Chunk[]
}

export function createSeries(
  ref: number,
  key: string,
  labels: Labels,
  source: string,
  packAt: number,
): MemorySeries {
  return {
    ref,
    key,
    labels,
    name: Object.hasOwn(labels, '__name__') ? (labels['__name__'] ?? '') : '',
    source,
    dropped: false,
    lastTimeMs: Number.NEGATIVE_INFINITY,
    lastValue: Number.NaN,
    lastIsStale: false,
    open: EMPTY_BLOCK,
    packAt,
    chunks: [],
  }
}

// Measured with bench/memory.ts: the objects of one series, its entries in maps and postings, and what the engine
// keeps beside the bytes of its open block's array.
const SERIES_BYTES = 1_050
const LABEL_BYTES = 48

/** Estimated bytes of a series without its samples. */
export function estimateSeriesBytes(series: MemorySeries): number {
  return SERIES_BYTES + 2 * series.key.length + LABEL_BYTES * Object.keys(series.labels).length
}
