import type { BitCursor } from '../chunks/bit-cursor.ts'
import { maxPackedWords, packColumn } from '../chunks/pack-chunk.ts'
import type { Exemplar } from '../exemplars/exemplar-store.ts'
import type { HeadState } from '../head-state.ts'
import type { MetadataRegistry } from '../metrics/metric-metadata.ts'
import { freezeSeries } from '../series/pack-series.ts'
import type { Chunk, MemorySeries } from '../series/series.ts'
import { type CapturedSeries, captureHead } from './capture.ts'
import { writeSection } from './sections.ts'

export const SNAPSHOT_VERSION = 2

export interface SnapshotHeader {
  readonly format: 'tocsin-head'
  readonly version: number
  /** Written as the machine has it: 1 little-endian, 0 big-endian. */
  readonly littleEndian: number
  readonly streamSequence: number
  readonly horizonMs: number | null
  readonly nextRef: number
}

/** One series: reference, source, labels as name and value in turn, chunks, number of open samples, when it was created. */
export type SeriesRow = readonly [number, string, readonly string[], readonly Chunk[], number, number | null]

/** The exemplars of one series: its reference, then labels, value and time of each. */
export type ExemplarRow = readonly [number, readonly Exemplar[]]

const ROWS_PER_SECTION = 512
const encoder = new TextEncoder()

/**
 * Gives the head as bytes, in parts of at most some hundred kilobytes, as it is when this returns: it may be written to
 * while the parts are taken. One snapshot is written at a time: another one makes an unfinished one void.
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
  const slabs = [...state.arena.slabs()].map(([index, { words, used }]) => ({ index, words, used }))
  const described = JSON.stringify([...metadata.entries()])
  const exemplars = [...state.exemplars.entries()].map(([{ ref }, list]): ExemplarRow => [ref, [...list]])
  const captured = captureHead(state)
  state.capture = captured

  return (function* parts() {
    yield writeSection('header', encoder.encode(JSON.stringify(header)))
    yield writeSection('callerState', callerState)
    yield writeSection('metadata', encoder.encode(described))
    for (const { index, words, used } of slabs)
      yield writeSection('slab', bytesOf(Uint32Array.of(index)), bytesOf(words.subarray(0, used)))
    for (let from = 0; from < captured.series.length; from += ROWS_PER_SECTION) {
      if (state.capture !== captured) throw new Error('the snapshot is void: another one was begun meanwhile')
      const some = captured.series.slice(from, from + ROWS_PER_SECTION)
      const rows = some.map((series) => toRow(series, captured.read(series)))
      yield writeSection('series', encoder.encode(JSON.stringify(rows)))
      yield writeSection('open', bytesOf(packOpen(some.map((series) => captured.read(series)))))
    }
    state.capture = undefined
    yield writeSection('exemplars', encoder.encode(JSON.stringify(exemplars)))
    yield writeSection('end', bytesOf(Uint32Array.of(captured.series.length)))
  })()
}

export function littleEndian(): number {
  return new Uint8Array(Uint32Array.of(1).buffer)[0] ?? 0
}

function toRow(
  { ref, source, labels, createdMs }: MemorySeries,
  { chunks, count }: CapturedSeries,
): SeriesRow {
  const created = Number.isNaN(createdMs) ? null : createdMs
  return [ref, source, Object.entries(labels).flat(), chunks, count, created]
}

function packOpen(captured: readonly CapturedSeries[]): Uint32Array {
  const room = captured.reduce((sum, { count }) => sum + (count > 0 ? maxPackedWords(count) : 0), 0)
  const cursor: BitCursor = { words: new Uint32Array(room), bit: 0 }
  for (const { times, values, from, count } of captured) {
    if (count === 0) continue
    packColumn(cursor, times, from, count)
    packColumn(cursor, values, from, count)
  }
  return cursor.words.subarray(0, Math.ceil(cursor.bit / 32))
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}
