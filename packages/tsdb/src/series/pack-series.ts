import type { ChunkId } from '../chunks/chunk-arena.ts'
import { enforceByteCap } from '../evict-oldest.ts'
import type { HeadState } from '../head-state.ts'
import { lowerBound } from '../search-times.ts'
import { dropFirstOpen, dropOpen, growOpen, openRangeOf } from './open-samples.ts'
import { LARGEST_REGION } from './open-store.ts'
import { addChunks, type MemorySeries } from './series.ts'
import { bytesOf, type ThawedChunk } from './thawed-chunk.ts'

const MAX_PIECE = 256
/** Newest samples that stay raw when the others are packed. */
const KEPT = 16
/** Most samples that stay raw for rules that reach back over them. */
const MOST_KEPT = LARGEST_REGION / 2
// Thawed chunks take 16 bytes a sample; more than these are packed again without waiting for `maintain`.
const MAX_THAWED_CHUNKS = 512

/** Raw samples at which a new series is packed. Series that begin together would all be packed in the same moment; this spreads them. */
export function firstPackAt(ref: number, chunkSamples: number): number {
  return chunkSamples - ((ref * 37) % Math.max(1, chunkSamples - 2 * KEPT))
}

/** Makes room for another raw sample: packs what is due, else moves to a larger region. */
export function makeRoom(state: HeadState, series: MemorySeries): void {
  const { table } = state
  const { row } = series
  if ((table.openCount[row] ?? 0) >= (table.packAt[row] ?? 0)) packOpen(state, series)
  if ((table.openCount[row] ?? 0) < (table.openRoom[row] ?? 0)) return
  // What rules reach back over stays raw, as long as there is room for it.
  if (!growOpen(state, series)) packAllBut(state, series, MOST_KEPT)
}

/** Packs the raw samples but the newest, and those that rules reach back over. */
function packOpen(state: HeadState, series: MemorySeries): void {
  const { table } = state
  const { row } = series
  const { chunkSamples } = state.limits
  const kept = keptOpen(state, series)
  const packed = (table.openCount[row] ?? 0) - kept
  if (packed >= chunkSamples / 4) packAllBut(state, series, kept)
  table.packAt[row] = Math.min(kept + Math.max(chunkSamples - KEPT, KEPT), LARGEST_REGION)
}

/** Packs all raw samples of a series that is idle, and frees their region. */
export function packIdle(state: HeadState, series: MemorySeries): void {
  packAllBut(state, series, 0)
  state.table.packAt[series.row] = firstPackAt(series.ref, state.limits.chunkSamples)
}

function packAllBut(state: HeadState, series: MemorySeries, kept: number): void {
  const { times, values, from, to } = openRangeOf(state, series)
  const packed = to - from - kept
  if (packed <= 0) return
  state.capture?.before(series)
  addChunks(series, packSamples(state, series, times, values, from, packed))
  if (kept === 0) dropOpen(state, series)
  else dropFirstOpen(state, series, packed)
  enforceByteCap(state)
}

function keptOpen(state: HeadState, series: MemorySeries): number {
  const least = Math.min(KEPT, state.limits.chunkSamples >>> 2)
  const reachMs = state.table.reachMs[series.row] ?? 0
  if (reachMs === 0) return least
  const { times, from, to } = openRangeOf(state, series)
  const reached = to - lowerBound(times, from, to, series.lastTimeMs - reachMs)
  return Math.min(Math.max(least, reached), MOST_KEPT)
}

/** Unpacks the chunk at an index so that it can be written to, and gives it. */
export function thawChunk(state: HeadState, series: MemorySeries, at: number): ThawedChunk {
  const chunk = series.chunks[at]
  if (chunk === undefined) throw new RangeError(`series ${series.ref} has no chunk ${at}`)
  if (typeof chunk === 'object') return chunk
  const count = state.arena.countOf(chunk)
  const thawed = { times: new Float64Array(count), values: new Float64Array(count), count }
  state.arena.read(chunk, thawed.times, 0, thawed.values, 0)
  state.capture?.before(series)
  state.arena.release(chunk)
  state.thawedBytes += bytesOf(thawed)
  state.thawedSamples += count
  series.chunks[at] = thawed
  state.thawed.add(series)
  state.thawedChunks++
  return thawed
}

/** Packs the thawed chunk at an index, in as many pieces as it needs. */
export function freezeChunk(state: HeadState, series: MemorySeries, at: number): void {
  const chunk = series.chunks[at]
  if (typeof chunk !== 'object') return
  state.capture?.before(series)
  state.thawedBytes -= bytesOf(chunk)
  state.thawedSamples -= chunk.count
  state.thawedChunks--
  series.chunks.splice(at, 1, ...packSamples(state, series, chunk.times, chunk.values, 0, chunk.count))
}

/** Packs every thawed chunk of a series. */
export function freezeSeries(state: HeadState, series: MemorySeries): void {
  for (let at = series.chunks.length - 1; at >= 0; at--) freezeChunk(state, series, at)
  state.thawed.delete(series)
}

/** Packs what is thawed once it is too much to keep raw. May evict chunks, so positions found before are void. */
export function limitThawed(state: HeadState): void {
  if (state.thawedChunks < MAX_THAWED_CHUNKS) return
  for (const series of [...state.thawed]) freezeSeries(state, series)
  enforceByteCap(state)
}

function packSamples(
  state: HeadState,
  { row }: MemorySeries,
  times: Float64Array,
  values: Float64Array,
  from: number,
  count: number,
): ChunkId[] {
  const pieces = Math.ceil(count / MAX_PIECE)
  const ids: ChunkId[] = []
  for (let piece = 0; piece < pieces; piece++) {
    const begin = from + Math.floor((piece * count) / pieces)
    const end = from + Math.floor(((piece + 1) * count) / pieces)
    ids.push(state.arena.write(row, times, begin, values, begin, end - begin))
  }
  return ids
}
