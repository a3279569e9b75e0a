import { type HeadState, totalBytes } from './head-state.ts'
import type { Chunk, MemorySeries } from './series/series.ts'
import { bytesOf } from './series/thawed-chunk.ts'

/** Frees the oldest slabs of packed samples until the head is within its cap, or none is left to free. */
export function enforceByteCap(state: HeadState): void {
  while (totalBytes(state) > state.limits.maxBytes) {
    const chunks = state.arena.oldestSlab()
    if (chunks.length === 0) return
    for (const { id, owner } of chunks) {
      const series = state.index.byRow(owner)
      const at = series ? series.chunks.indexOf(id) : -1
      // What is older than an evicted chunk goes with it: a series never has a hole.
      if (series && at >= 0) state.counts.evicted += dropChunks(state, series, at + 1)
    }
  }
}

/** Drops the first `count` chunks and gives the number of their samples. */
export function dropChunks(state: HeadState, series: MemorySeries, count: number): number {
  if (count === 0) return 0
  state.capture?.before(series)
  let samples = 0
  for (const chunk of series.chunks.splice(0, count)) samples += dropChunk(state, chunk)
  state.counts.samples -= samples
  return samples
}

function dropChunk(state: HeadState, chunk: Chunk): number {
  if (typeof chunk === 'object') {
    state.thawedBytes -= bytesOf(chunk)
    state.thawedSamples -= chunk.count
    state.thawedChunks--
    return chunk.count
  }
  const count = state.arena.countOf(chunk)
  state.arena.release(chunk)
  return count
}
