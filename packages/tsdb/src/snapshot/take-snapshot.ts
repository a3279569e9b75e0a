import type { BitCursor } from '../chunks/bit-cursor.ts'
import { maxPackedWords, packColumn } from '../chunks/pack-chunk.ts'
import type { HeadState } from '../head-state.ts'
import type { MetadataRegistry } from '../metrics/metric-metadata.ts'
import { freezeSeries } from '../series/pack-series.ts'
import type { Chunk, MemorySeries } from '../series/series.ts'
import { writeSection } from './sections.ts'

export const SNAPSHOT_VERSION = 1

export interface SnapshotHeader {
  readonly format: 'tocsin-head'
  readonly version: number
  /** Written as the machine has it: 1 little-endian, 0 big-endian. */
  readonly littleEndian: number
  readonly streamSequence: number
  readonly horizonMs: number | null
  readonly nextRef: number
}

/** One series: its reference, source, labels as name and value in turn, chunks, and number of open samples. */
export type SeriesRow = readonly [number, string, readonly string[], readonly Chunk[], number]

interface Captured {
  readonly series: MemorySeries
  readonly chunks: readonly Chunk[]
  readonly data: Float64Array
  readonly count: number
}

const ROWS_PER_SECTION = 512
const encoder = new TextEncoder()

/**
 * Gives the head as bytes, in parts of at most some hundred kilobytes. The state is captured before this returns, so
 * the head may be written to while the parts are taken: packed chunks never change, open blocks are copied on write.
 */
export function takeSnapshot(
  state: HeadState,
  metadata: MetadataRegistry,
  streamSequence: number,
  callerState: Uint8Array,
): Iterable<Uint8Array> {
  for (const series of [...state.thawed]) freezeSeries(state, series)
  const header: SnapshotHeader = {
    format: 'tocsin-head',
    version: SNAPSHOT_VERSION,
    littleEndian: littleEndian(),
    streamSequence,
    horizonMs: Number.isFinite(state.horizonMs) ? state.horizonMs : null,
    nextRef: state.nextRef,
  }
  const captured: Captured[] = []
  for (const series of state.index.all()) {
    const { open, chunks } = series
    if (open.count > 0) open.shared = true
    captured.push({ series, chunks: chunks.slice(), data: open.data, count: open.count })
  }
  const slabs = [...state.arena.slabs()].map(([index, { words, used }]) => ({ index, words, used }))
  const described = JSON.stringify([...metadata.entries()])

  return (function* parts() {
    yield writeSection('header', encoder.encode(JSON.stringify(header)))
    yield writeSection('callerState', callerState)
    yield writeSection('metadata', encoder.encode(described))
    for (const { index, words, used } of slabs)
      yield writeSection('slab', bytesOf(Uint32Array.of(index)), bytesOf(words.subarray(0, used)))
    for (let from = 0; from < captured.length; from += ROWS_PER_SECTION) {
      const rows = captured.slice(from, from + ROWS_PER_SECTION)
      yield writeSection('series', encoder.encode(JSON.stringify(rows.map(toRow))))
      yield writeSection('open', bytesOf(packOpenBlocks(rows)))
    }
    yield writeSection('end', bytesOf(Uint32Array.of(captured.length)))
  })()
}

export function littleEndian(): number {
  return new Uint8Array(Uint32Array.of(1).buffer)[0] ?? 0
}

function toRow({ series, chunks, count }: Captured): SeriesRow {
  return [series.ref, series.source, Object.entries(series.labels).flat(), chunks, count]
}

function packOpenBlocks(rows: readonly Captured[]): Uint32Array {
  const room = rows.reduce((sum, { count }) => sum + (count > 0 ? maxPackedWords(count) : 0), 0)
  const cursor: BitCursor = { words: new Uint32Array(room), bit: 0 }
  for (const { data, count } of rows) {
    if (count === 0) continue
    packColumn(cursor, data, 0, count)
    packColumn(cursor, data, data.length / 2, count)
  }
  return cursor.words.subarray(0, Math.ceil(cursor.bit / 32))
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}
