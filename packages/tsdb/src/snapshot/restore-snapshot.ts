import { isStaleAt } from '@tocsin/promql'
import type { BitCursor } from '../chunks/bit-cursor.ts'
import { type ChunkId, SLAB_WORDS } from '../chunks/chunk-arena.ts'
import { unpackColumn } from '../chunks/pack-chunk.ts'
import type { HeadState } from '../head-state.ts'
import type { MetadataRegistry, MetricMetadata } from '../metrics/metric-metadata.ts'
import { addSeries, internLabels } from '../series/intern-series.ts'
import { resizeOpen } from '../series/pack-series.ts'
import { createBlock } from '../series/sample-block.ts'
import type { MemorySeries } from '../series/series.ts'
import { seriesKey, sortedNames } from '../series/series-key.ts'
import { readSections, type Section } from './sections.ts'
import { SnapshotError } from './snapshot-error.ts'
import { littleEndian, type SeriesRow, SNAPSHOT_VERSION, type SnapshotHeader } from './take-snapshot.ts'

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

function restoreSeries(state: HeadState, rows: readonly SeriesRow[], open: Uint32Array): number {
  const cursor: BitCursor = { words: open, bit: 0 }
  for (const [ref, source, flat, chunks, count] of rows) {
    const given: Record<string, string> = Object.fromEntries(pairs(flat))
    const names = sortedNames(given)
    const series = addSeries(state, ref, seriesKey(names, given), internLabels(state, names, given), source)
    series.chunks = [...chunks]
    if (count === 0) continue
    const block = createBlock(Math.max(16, 2 ** Math.ceil(Math.log2(count + 1))))
    block.count = count
    unpackColumn(cursor, block.data, 0, count)
    unpackColumn(cursor, block.data, block.data.length / 2, count)
    resizeOpen(state, series, block)
    state.counts.samples += count
  }
  return rows.length
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
}

/** The newest sample and the count of samples are not in the snapshot: the samples themselves say them. */
function restoreLatest(state: HeadState, series: MemorySeries): void {
  for (const chunk of series.chunks)
    if (typeof chunk === 'number') state.counts.samples += state.arena.countOf(chunk)
  const { open } = series
  const last = series.chunks.at(-1)
  let { data, count } = open
  if (count === 0 && typeof last === 'number') {
    count = state.arena.countOf(last)
    data = new Float64Array(2 * count)
    state.arena.read(last, data, 0, data, count)
  }
  if (count === 0) return
  const at = data.length / 2 + count - 1
  series.lastTimeMs = data[count - 1] ?? Number.NEGATIVE_INFINITY
  series.lastValue = data[at] ?? Number.NaN
  series.lastIsStale = isStaleAt(data, at)
}

function wordAt(payload: Uint8Array, index: number): number {
  return wordsOf(payload)[index] ?? 0
}

function wordsOf(payload: Uint8Array): Uint32Array {
  return new Uint32Array(payload.buffer, payload.byteOffset, payload.byteLength >>> 2)
}
