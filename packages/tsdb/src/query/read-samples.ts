import type { SeriesSamples } from '@tocsin/promql'
import type { ChunkArena } from '../chunks/chunk-arena.ts'
import type { HeadState } from '../head-state.ts'
import { lowerBound, upperBound } from '../search-times.ts'
import { type OpenRange, openRangeOf } from '../series/open-samples.ts'
import type { Chunk, MemorySeries } from '../series/series.ts'

// Room for one unpacked chunk; what is asked for is copied out of it.
const CHUNK_ROOM = 256
const times = new Float64Array(CHUNK_ROOM)
const values = new Float64Array(CHUNK_ROOM)

/** The samples of a series from `startMs` to `endMs`, both inclusive, or undefined when there are none. A copy. */
export function readSamples(
  state: HeadState,
  series: MemorySeries,
  startMs: number,
  endMs: number,
): SeriesSamples | undefined {
  const start = Math.max(startMs, state.horizonMs)
  if (!(start <= endMs) || series.lastTimeMs < start) return undefined
  const first = firstChunk(state.arena, series.chunks, start)
  return first === series.chunks.length
    ? copyOpen(state, series, start, endMs)
    : gather(state, series, first, start, endMs)
}

function copyOpen(
  state: HeadState,
  series: MemorySeries,
  start: number,
  end: number,
): SeriesSamples | undefined {
  const open = openRangeOf(state, series)
  const from = lowerBound(open.times, open.from, open.to, start)
  const to = upperBound(open.times, from, open.to, end)
  if (from === to) return undefined
  return {
    labels: series.labels,
    timestamps: open.times.slice(from, to),
    values: open.values.slice(from, to),
  }
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
  const first = series.chunks[firstChunk(state.arena, series.chunks, start)]
  if (first !== undefined) return beginOf(state.arena, first) <= endMs
  const open = openRangeOf(state, series)
  return open.from < open.to && (open.times[open.from] ?? 0) <= endMs
}

/** Copies what lies in several chunks and the open region into one pair of arrays. */
function gather(
  state: HeadState,
  series: MemorySeries,
  first: number,
  start: number,
  end: number,
): SeriesSamples | undefined {
  const { arena } = state
  const { chunks } = series
  const open = openRangeOf(state, series)
  let last = first
  let room = 0
  for (; last < chunks.length; last++) {
    const chunk = chunks[last]
    if (chunk === undefined || beginOf(arena, chunk) > end) break
    room += typeof chunk === 'number' ? arena.countOf(chunk) : chunk.count
  }
  const rawFrom = lowerBound(open.times, open.from, open.to, start)
  const rawTo = last === chunks.length ? upperBound(open.times, rawFrom, open.to, end) : rawFrom
  room += rawTo - rawFrom
  if (room === 0) return undefined
  const out = { timestamps: new Float64Array(room), values: new Float64Array(room), count: 0 }
  for (let at = first; at < last; at++) copyChunk(out, arena, chunks[at], start, end)
  copyRange(out, { ...open, from: rawFrom, to: rawTo })
  if (out.count === 0) return undefined
  return {
    labels: series.labels,
    timestamps: out.count === room ? out.timestamps : out.timestamps.subarray(0, out.count),
    values: out.count === room ? out.values : out.values.subarray(0, out.count),
  }
}

interface Gathered {
  readonly timestamps: Float64Array
  readonly values: Float64Array
  count: number
}

function copyChunk(
  out: Gathered,
  arena: ChunkArena,
  chunk: Chunk | undefined,
  start: number,
  end: number,
): void {
  if (chunk === undefined) return
  if (typeof chunk === 'object') {
    const from = lowerBound(chunk.times, 0, chunk.count, start)
    copyRange(out, { ...chunk, from, to: upperBound(chunk.times, from, chunk.count, end) })
    return
  }
  const count = arena.countOf(chunk)
  if (arena.minTimeOf(chunk) >= start && arena.maxTimeOf(chunk) <= end) {
    arena.read(chunk, out.timestamps, out.count, out.values, out.count)
    out.count += count
    return
  }
  arena.read(chunk, times, 0, values, 0)
  const from = lowerBound(times, 0, count, start)
  copyRange(out, { times, values, from, to: upperBound(times, from, count, end) })
}

function copyRange(out: Gathered, range: OpenRange): void {
  if (range.from >= range.to) return
  out.timestamps.set(range.times.subarray(range.from, range.to), out.count)
  out.values.set(range.values.subarray(range.from, range.to), out.count)
  out.count += range.to - range.from
}

/** The first chunk that ends at or after `start`; searched from the end, since most queries ask for what is new. */
function firstChunk(arena: ChunkArena, chunks: readonly Chunk[], start: number): number {
  let at = chunks.length
  while (at > 0 && endOf(arena, chunks[at - 1]) >= start) at--
  return at
}

function beginOf(arena: ChunkArena, chunk: Chunk): number {
  return typeof chunk === 'number' ? arena.minTimeOf(chunk) : (chunk.times[0] ?? 0)
}

export function endOf(arena: ChunkArena, chunk: Chunk | undefined): number {
  if (chunk === undefined) return Number.NEGATIVE_INFINITY
  return typeof chunk === 'number' ? arena.maxTimeOf(chunk) : (chunk.times[chunk.count - 1] ?? 0)
}
