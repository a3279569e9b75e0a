import type { SeriesSamples } from '@tocsin/promql'
import type { ChunkArena } from '../chunks/chunk-arena.ts'
import type { HeadState } from '../head-state.ts'
import { findTime, lastTimeOf, lowerBound, type SampleBlock, timeAt } from '../series/sample-block.ts'
import type { Chunk, MemorySeries } from '../series/series.ts'

// Room for one unpacked chunk; what is asked for is copied out of it.
const CHUNK_ROOM = 256
const times = new Float64Array(CHUNK_ROOM)
const values = new Float64Array(CHUNK_ROOM)

/**
 * The samples of a series from `startMs` to `endMs`, both inclusive, or undefined when there are none. What lies in
 * the open block is given as views without a copy; they never change afterwards.
 */
export function readSamples(
  state: HeadState,
  series: MemorySeries,
  startMs: number,
  endMs: number,
): SeriesSamples | undefined {
  const start = Math.max(startMs, state.horizonMs)
  if (!(start <= endMs) || series.lastTimeMs < start) return undefined
  const { open, chunks } = series
  const first = firstChunk(state.arena, chunks, start)
  if (first === chunks.length) return viewOf(series, open, start, endMs)
  return gather(state.arena, series, first, start, endMs)
}

/** Whether a series may have samples in a range: by the bounds of its chunks, without unpacking any. */
export function mayHaveSamples(
  state: HeadState,
  series: MemorySeries,
  startMs: number,
  endMs: number,
): boolean {
  const start = Math.max(startMs, state.horizonMs)
  if (!(start <= endMs) || series.lastTimeMs < start) return false
  const first = series.chunks[firstChunk(state.arena, series.chunks, start)] ?? series.open
  if (typeof first === 'object' && first.count === 0) return false
  return beginOf(state.arena, first) <= endMs
}

function viewOf(
  series: MemorySeries,
  block: SampleBlock,
  start: number,
  end: number,
): SeriesSamples | undefined {
  const { data, count } = block
  const from = findTime(block, start)
  const to = (data[count - 1] ?? 0) <= end ? count : upperBound(data, count, end)
  if (from >= to) return undefined
  block.shared = true
  const half = data.length / 2
  return {
    labels: series.labels,
    timestamps: data.subarray(from, to),
    values: data.subarray(half + from, half + to),
  }
}

/** Copies what lies in several chunks and the open block into one pair of arrays. */
function gather(
  arena: ChunkArena,
  series: MemorySeries,
  first: number,
  start: number,
  end: number,
): SeriesSamples | undefined {
  const { chunks, open } = series
  let last = first
  let room = 0
  for (; last < chunks.length; last++) {
    const chunk = chunks[last]
    if (chunk === undefined || beginOf(arena, chunk) > end) break
    room += typeof chunk === 'number' ? arena.countOf(chunk) : chunk.count
  }
  const withOpen = last === chunks.length && open.count > 0 && timeAt(open, 0) <= end
  if (withOpen) room += open.count
  const out = { timestamps: new Float64Array(room), values: new Float64Array(room), count: 0 }
  for (let at = first; at < last; at++) {
    const chunk = chunks[at]
    if (typeof chunk === 'number' && arena.minTimeOf(chunk) >= start && arena.maxTimeOf(chunk) <= end) {
      arena.read(chunk, out.timestamps, out.count, out.values, out.count)
      out.count += arena.countOf(chunk)
    } else if (typeof chunk === 'number') {
      arena.read(chunk, times, 0, values, 0)
      copyRange(out, times, arena.countOf(chunk), values, 0, start, end)
    } else if (chunk) copyRange(out, chunk.data, chunk.count, chunk.data, chunk.data.length / 2, start, end)
  }
  if (withOpen) copyRange(out, open.data, open.count, open.data, open.data.length / 2, start, end)
  if (out.count === 0) return undefined
  return {
    labels: series.labels,
    timestamps: out.timestamps.subarray(0, out.count),
    values: out.values.subarray(0, out.count),
  }
}

interface Gathered {
  readonly timestamps: Float64Array
  readonly values: Float64Array
  count: number
}

function copyRange(
  out: Gathered,
  fromTimes: Float64Array,
  count: number,
  fromValues: Float64Array,
  valueFrom: number,
  start: number,
  end: number,
): void {
  const from = lowerBound(fromTimes, count, start)
  const to = upperBound(fromTimes, count, end)
  if (from >= to) return
  out.timestamps.set(fromTimes.subarray(from, to), out.count)
  out.values.set(fromValues.subarray(valueFrom + from, valueFrom + to), out.count)
  out.count += to - from
}

/** The first chunk that ends at or after `start`; searched from the end, since most queries ask for what is new. */
function firstChunk(arena: ChunkArena, chunks: readonly Chunk[], start: number): number {
  let at = chunks.length
  while (at > 0 && endOf(arena, chunks[at - 1]) >= start) at--
  return at
}

function beginOf(arena: ChunkArena, chunk: Chunk): number {
  return typeof chunk === 'number' ? arena.minTimeOf(chunk) : timeAt(chunk, 0)
}

function endOf(arena: ChunkArena, chunk: Chunk | undefined): number {
  if (chunk === undefined) return Number.NEGATIVE_INFINITY
  return typeof chunk === 'number' ? arena.maxTimeOf(chunk) : lastTimeOf(chunk)
}

function upperBound(sorted: Float64Array, count: number, time: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low
}
