import { isStaleAt } from '@tocsin/promql'
import type { BitCursor } from '../chunks/bit-cursor.ts'
import { type ChunkId, SLAB_WORDS } from '../chunks/chunk-arena.ts'
import { unpackColumn } from '../chunks/pack-chunk.ts'
import type { HeadState } from '../head-state.ts'
import type { MetadataRegistry, MetricMetadata } from '../metrics/metric-metadata.ts'
import { addSeries } from '../series/intern-series.ts'
import { hashLabels } from '../series/label-hash.ts'
import { moveOpen, openRangeOf } from '../series/open-samples.ts'
import { addChunks, type MemorySeries } from '../series/series.ts'
import { HAS_NAN, LAST_IS_STALE, MAY_FALL } from '../series/series-table.ts'
import { readSections, type Section } from './sections.ts'
import { SnapshotError } from './snapshot-error.ts'
import {
  type ExemplarRow,
  littleEndian,
  type SeriesRow,
  SNAPSHOT_VERSION,
  type SnapshotHeader,
} from './take-snapshot.ts'

/** What the writer of a snapshot put beside the head. */
export interface RestoredPosition {
  readonly streamSequence: number
  readonly callerState: Uint8Array
}

const decoder = new TextDecoder()

/**
 * Fills an empty head from a snapshot.
 * @throws SnapshotError when the bytes are incomplete, damaged, or of another version; the head is then unusable
 */
export async function restoreSnapshot(
  state: HeadState,
  metadata: MetadataRegistry,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<RestoredPosition> {
  const slabs = new Map<number, Uint32Array>()
  let header: SnapshotHeader | undefined
  let callerState = new Uint8Array(0)
  let rows: readonly SeriesRow[] = []
  let restored = 0
  let ended = false
  try {
    for await (const { kind, payload } of readSections(parts)) {
      if (kind === 'header') header = readHeader(payload)
      else if (kind === 'callerState') callerState = new Uint8Array(payload)
      else if (kind === 'metadata') restoreMetadata(metadata, payload)
      else if (kind === 'slab') slabs.set(wordAt(payload, 0), wordsOf(payload.slice(4)))
      else if (kind === 'series') rows = JSON.parse(decoder.decode(payload))
      else if (kind === 'open') restored += restoreSeries(state, rows, wordsOf(payload))
      else if (kind === 'exemplars') restoreExemplars(state, JSON.parse(decoder.decode(payload)))
      else ended = wordAt(payload, 0) === restored
    }
    if (!header || !ended) throw new SnapshotError('snapshot_corrupt', 'the snapshot is incomplete')
    adoptSlabs(state, slabs)
    for (const series of state.index.all()) restoreLatest(state, series)
  } catch (error) {
    if (error instanceof SnapshotError) throw error
    throw new SnapshotError('snapshot_corrupt', 'the snapshot does not hold together', error)
  }
  state.nextRef = header.nextRef
  state.horizonMs = header.horizonMs ?? Number.NEGATIVE_INFINITY
  return { streamSequence: header.streamSequence, callerState }
}

function readHeader(payload: Section['payload']): SnapshotHeader {
  const header: SnapshotHeader = JSON.parse(decoder.decode(payload))
  if (header.format !== 'tocsin-head' || header.version !== SNAPSHOT_VERSION)
    throw new SnapshotError('snapshot_version', `version ${header.version} is not ${SNAPSHOT_VERSION}`)
  if (header.littleEndian !== littleEndian())
    throw new SnapshotError('snapshot_version', 'it was written on a machine with another byte order')
  return header
}

function restoreMetadata(metadata: MetadataRegistry, payload: Uint8Array): void {
  const entries: readonly (readonly [string, MetricMetadata])[] = JSON.parse(decoder.decode(payload))
  for (const [name, described] of entries) metadata.declare(name, described)
}

function restoreSeries(state: HeadState, rows: readonly SeriesRow[], packed: Uint32Array): number {
  const cursor: BitCursor = { words: packed, bit: 0 }
  for (const [ref, source, flat, chunks, count, created] of rows) {
    const given: Record<string, string> = Object.fromEntries(pairs(flat))
    const series = addSeries(state, ref, hashLabels(given), given, source)
    if (chunks.length > 0) addChunks(series, chunks)
    if (created !== null) state.table.createdMs[series.row] = created
    if (count === 0) continue
    moveOpen(state, series, count)
    state.table.openCount[series.row] = count
    const { times, values, from } = openRangeOf(state, series)
    unpackColumn(cursor, times, from, count)
    unpackColumn(cursor, values, from, count)
    // What is not known of them is assumed; it ends when they are packed.
    state.table.flags[series.row] = HAS_NAN | MAY_FALL
    state.openSamples += count
    state.counts.samples += count
  }
  return rows.length
}

function restoreExemplars(state: HeadState, rows: readonly ExemplarRow[]): void {
  if (rows.length === 0) return
  const byRef = new Map([...state.index.all()].map((series) => [series.ref, series]))
  for (const [ref, exemplars] of rows) {
    const series = byRef.get(ref)
    if (series) for (const exemplar of exemplars) state.exemplars.add(series, exemplar)
  }
}

function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i] ?? '', flat[i + 1] ?? '']
}

function adoptSlabs(state: HeadState, slabs: ReadonlyMap<number, Uint32Array>): void {
  const live = new Map<number, ChunkId[]>([...slabs.keys()].map((index) => [index, []]))
  for (const series of state.index.all())
    for (const chunk of series.chunks) {
      const list = typeof chunk === 'number' ? live.get(Math.floor(chunk / SLAB_WORDS)) : undefined
      if (typeof chunk !== 'number' || !list)
        throw new SnapshotError(
          'snapshot_corrupt',
          `series ${series.ref} refers to a chunk that is not there`,
        )
      list.push(chunk)
    }
  for (const [index, used] of slabs) {
    const words = new Uint32Array(SLAB_WORDS)
    words.set(used)
    const ids = live.get(index) ?? []
    if (ids.length > 0) state.arena.adopt(index, words, used.length, ids)
  }
  // Rows are taken anew, and chunks say by their owner's row whose they are.
  for (const series of state.index.all())
    for (const chunk of series.chunks) if (typeof chunk === 'number') state.arena.setOwner(chunk, series.row)
}

/** The newest sample and the count of samples are not in the snapshot: the samples themselves say them. */
function restoreLatest(state: HeadState, series: MemorySeries): void {
  for (const chunk of series.chunks)
    if (typeof chunk === 'number') state.counts.samples += state.arena.countOf(chunk)
  const last = series.chunks.at(-1)
  let { times, values, to } = openRangeOf(state, series)
  if (to === 0 && typeof last === 'number') {
    to = state.arena.countOf(last)
    times = new Float64Array(to)
    values = new Float64Array(to)
    state.arena.read(last, times, 0, values, 0)
  }
  if (to === 0) return
  const { table } = state
  const { row } = series
  table.lastTime[row] = times[to - 1] ?? Number.NEGATIVE_INFINITY
  table.lastValue[row] = values[to - 1] ?? Number.NaN
  if (isStaleAt(values, to - 1)) table.flags[row] = (table.flags[row] ?? 0) | LAST_IS_STALE
  state.newestMs = Math.max(state.newestMs, series.lastTimeMs)
}

function wordAt(payload: Uint8Array, index: number): number {
  return wordsOf(payload)[index] ?? 0
}

function wordsOf(payload: Uint8Array): Uint32Array {
  return new Uint32Array(payload.buffer, payload.byteOffset, payload.byteLength >>> 2)
}
