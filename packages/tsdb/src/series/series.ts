import type { Labels } from '@tocsin/promql'
import type { ChunkId } from '../chunks/chunk-arena.ts'
import { LAST_IS_STALE, type SeriesTable } from './series-table.ts'
import type { ThawedChunk } from './thawed-chunk.ts'

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
  /** Timestamp of the newest sample in ms, -Infinity before the first and once dropped. */
  readonly lastTimeMs: number
  /** The newest value; NaN when it is a staleness marker, and once dropped. */
  readonly lastValue: number
  readonly lastIsStale: boolean
  /** When its counter or histogram began at zero, in ms; NaN where nobody said, and once dropped. */
  readonly createdMs: number
  /** For the head's owner, who finds here what belongs to the series without a look-up. The head does not read it. */
  companion: unknown
}

/** Samples out of the open region: packed, or thawed because a late sample came. */
export type Chunk = ChunkId | ThawedChunk

const NO_CHUNKS: Chunk[] = []

/** A series as the head sees it. Chunks ascend in time, never overlap, and end before the open region begins. */
export class MemorySeries implements Series {
  readonly ref: number
  readonly labels: Labels
  readonly source: string
  /** Its place in the index; equal for equal label sets. */
  readonly hash: number
  /** Its place in the columns; -1 once dropped. */
  row: number
  /** Shared and empty until the first is added. */
  chunks: Chunk[] = NO_CHUNKS
  companion: unknown = undefined
  readonly #table: SeriesTable

  constructor(table: SeriesTable, ref: number, hash: number, labels: Labels, source: string) {
    this.#table = table
    this.ref = ref
    this.hash = hash
    this.labels = labels
    this.source = source
    this.row = table.take()
  }

  get name(): string {
    return Object.hasOwn(this.labels, '__name__') ? (this.labels['__name__'] ?? '') : ''
  }
  get dropped(): boolean {
    return this.row < 0
  }
  get lastTimeMs(): number {
    return this.#table.lastTime[this.row] ?? Number.NEGATIVE_INFINITY
  }
  get lastValue(): number {
    return this.#table.lastValue[this.row] ?? Number.NaN
  }
  get createdMs(): number {
    return this.#table.createdMs[this.row] ?? Number.NaN
  }
  get lastIsStale(): boolean {
    return ((this.#table.flags[this.row] ?? 0) & LAST_IS_STALE) !== 0
  }
}

/** Adds chunks behind those that a series has. */
export function addChunks(series: MemorySeries, chunks: readonly Chunk[]): void {
  if (series.chunks === NO_CHUNKS) series.chunks = [...chunks]
  else series.chunks.push(...chunks)
}

// Measured with bench/memory.ts: the objects of one series and its entries in index and postings.
const SERIES_BYTES = 300
const LABEL_BYTES = 40

/** Estimated bytes of a series without its samples. */
export function estimateSeriesBytes({ labels }: MemorySeries): number {
  let bytes = SERIES_BYTES
  for (const name in labels) bytes += LABEL_BYTES + (labels[name]?.length ?? 0)
  return bytes
}
