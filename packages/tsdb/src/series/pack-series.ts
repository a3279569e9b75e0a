import type { ChunkId } from '../chunks/chunk-arena.ts'
import { enforceByteCap } from '../evict-oldest.ts'
import type { HeadState } from '../head-state.ts'
import { createBlock, EMPTY_BLOCK, type SampleBlock, withoutFirst } from './sample-block.ts'
import type { MemorySeries } from './series.ts'

const MAX_PIECE = 256
// Thawed chunks take 16 bytes a sample; more than these are packed again without waiting for `maintain`.
const MAX_THAWED_CHUNKS = 512

/** Open samples at which a series is packed. */
export function packThreshold(chunkSamples: number): number {
  return chunkSamples + keptOpen(chunkSamples)
}

/** Newest samples that stay open when the others are packed: rules read these, again and again. */
function keptOpen(chunkSamples: number): number {
  return chunkSamples >>> 2
}

/** Packs the open samples but the newest; all of them where the series is idle. */
export function packOpen(state: HeadState, series: MemorySeries, idle = false): void {
  const { open } = series
  const kept = idle ? 0 : keptOpen(state.limits.chunkSamples)
  const packed = open.count - kept
  if (packed <= 0) return
  series.chunks.push(...packBlock(state, series, open, packed))
  resizeOpen(state, series, idle ? EMPTY_BLOCK : withoutFirst(open, packed))
  series.packAt = packThreshold(state.limits.chunkSamples)
  enforceByteCap(state)
}

/** Puts another open block in place and keeps the account of bytes. */
export function resizeOpen(state: HeadState, series: MemorySeries, block: SampleBlock): void {
  state.openBytes += block.data.byteLength - series.open.data.byteLength
  series.open = block
}

/** Unpacks the chunk at an index so that it can be written to, and gives its block. */
export function thawChunk(state: HeadState, series: MemorySeries, at: number): SampleBlock {
  const chunk = series.chunks[at]
  if (chunk === undefined) throw new RangeError(`series ${series.ref} has no chunk ${at}`)
  if (typeof chunk === 'object') return chunk
  const count = state.arena.countOf(chunk)
  const block = createBlock(count + 8)
  block.count = count
  state.arena.read(chunk, block.data, 0, block.data, count + 8)
  state.arena.release(chunk)
  state.openBytes += block.data.byteLength
  series.chunks[at] = block
  state.thawed.add(series)
  state.thawedChunks++
  return block
}

/** Packs the thawed chunk at an index, in as many pieces as it needs. */
export function freezeChunk(state: HeadState, series: MemorySeries, at: number): void {
  const chunk = series.chunks[at]
  if (typeof chunk !== 'object') return
  state.openBytes -= chunk.data.byteLength
  state.thawedChunks--
  series.chunks.splice(at, 1, ...packBlock(state, series, chunk, chunk.count))
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

function packBlock(state: HeadState, series: MemorySeries, block: SampleBlock, count: number): ChunkId[] {
  const { data } = block
  const pieces = Math.ceil(count / MAX_PIECE)
  const ids: ChunkId[] = []
  for (let piece = 0; piece < pieces; piece++) {
    const from = Math.floor((piece * count) / pieces)
    const to = Math.floor(((piece + 1) * count) / pieces)
    ids.push(state.arena.write(series.ref, data, from, data, data.length / 2 + from, to - from))
  }
  return ids
}
