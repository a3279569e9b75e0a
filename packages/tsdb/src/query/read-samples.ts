import type { SeriesSamples, SeriesSlice } from '@tocsin/promql'
import type { ChunkArena } from '../chunks/chunk-arena.ts'
import type { HeadState } from '../head-state.ts'
import { lowerBound, lowerBoundFromEnd, upperBound } from '../search-times.ts'
import { type OpenRange, openRangeOf } from '../series/open-samples.ts'
import { placeInPage } from '../series/open-store.ts'
import type { Chunk, MemorySeries } from '../series/series.ts'
import { HAS_NAN, MAY_FALL } from '../series/series-table.ts'

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

/** A slice that is filled anew for every series: reading many must not make an object for each. */
export interface ReusedSlice extends SeriesSlice {
  labels: SeriesSlice['labels']
  timestamps: Float64Array
  values: Float64Array
  from: number
  to: number
  stales: number | undefined
  rises: boolean
}

export function createReusedSlice(): ReusedSlice {
  return { labels: {}, timestamps: times, values, from: 0, to: 0, stales: undefined, rises: false }
}

/**
 * Points a slice at the samples of a series since `startMs`, without a copy where they are raw; false when there are none
 * up to `endMs`. It may have samples after `endMs`, and holds until the head is written to.
 */
export function sliceSamples(
  state: HeadState,
  series: MemorySeries,
  startMs: number,
  endMs: number,
  slice: ReusedSlice,
): boolean {
  const { table, open } = state
  const { row, chunks } = series
  const start = Math.max(startMs, state.horizonMs)
  // Also when the series was dropped: its row is -1.
  if (!((table.lastTime[row] ?? Number.NEGATIVE_INFINITY) >= start)) return false
  const count = table.openCount[row] ?? 0
  if (count === 0) return sliceCopy(state, series, start, endMs, slice)
  const place = table.openAt[row] ?? 0
  const page = open.pageOf(place)
  const from = placeInPage(place)
  const oldest = page.times[from] ?? 0
  const last = chunks[chunks.length - 1]
  if (oldest > start && last !== undefined && endOf(state.arena, last) >= start)
    return sliceCopy(state, series, start, endMs, slice)
  if (oldest > endMs) return false
  const flags = table.flags[row] ?? 0
  slice.labels = series.labels
  slice.timestamps = page.times
  slice.values = page.values
  slice.from = from
  slice.to = from + count
  slice.stales = (flags & HAS_NAN) === 0 ? 0 : undefined
  slice.rises = (flags & (HAS_NAN | MAY_FALL)) === 0
  if (oldest < start) slice.from = lowerBoundFromEnd(page.times, from, from + count, start)
  return true
}

function sliceCopy(
  state: HeadState,
  series: MemorySeries,
  start: number,
  endMs: number,
  slice: ReusedSlice,
): boolean {
  const samples = readSamples(state, series, start, endMs)
  if (!samples) return false
  slice.labels = series.labels
  slice.timestamps = samples.timestamps
  slice.values = samples.values
  slice.from = 0
  slice.to = samples.timestamps.length
  slice.stales = undefined
  slice.rises = false
  return true
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

function endOf(arena: ChunkArena, chunk: Chunk | undefined): number {
  if (chunk === undefined) return Number.NEGATIVE_INFINITY
  return typeof chunk === 'number' ? arena.maxTimeOf(chunk) : (chunk.times[chunk.count - 1] ?? 0)
}
