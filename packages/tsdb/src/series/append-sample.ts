import type { HeadState } from '../head-state.ts'
import { lowerBound } from '../search-times.ts'
import { isSame, type LateOutcome, openRangeOf, writeLateOpen, writeValue } from './open-samples.ts'
import { placeInPage } from './open-store.ts'
import { freezeChunk, limitThawed, makeRoom, thawChunk } from './pack-series.ts'
import type { MemorySeries } from './series.ts'
import { HAS_NAN, LAST_IS_STALE, MAY_FALL } from './series-table.ts'
import { bytesOf, insertInto, replaceIn, type ThawedChunk } from './thawed-chunk.ts'

/**
 * What became of a sample. `inserted`: it came late and was put in its place. `replaced`: another value stood at
 * its timestamp, the last one wins. `too_old`: behind the out-of-order window or the retention.
 */
export type AppendOutcome =
  | 'appended'
  | 'inserted'
  | 'replaced'
  | 'unchanged'
  | 'too_old'
  | 'invalid_time'
  | 'dropped'

// The range of a JavaScript Date.
const MAX_TIME_MS = 8.64e15

/** Appends one sample; a NaN is kept as the ordinary one, a staleness marker comes as `stale`. */
export function appendSample(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): AppendOutcome {
  const outcome = writeSample(state, series, time, value, stale)
  if (outcome === 'appended' || outcome === 'inserted' || outcome === 'replaced')
    for (const watch of state.sampleWatchers) watch(series, time, value, stale)
  return outcome
}

function writeSample(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): AppendOutcome {
  const { table } = state
  const { row } = series
  if (row < 0) return 'dropped'
  if (!(Math.abs(time) <= MAX_TIME_MS)) return 'invalid_time'
  if (time <= (table.lastTime[row] ?? 0)) return writeLate(state, series, time, value, stale)
  if (time < state.horizonMs) {
    state.counts.tooOld++
    return 'too_old'
  }
  if (!hasRoom(state, row)) makeRoom(state, series)
  push(state, row, time, value, stale)
  return 'appended'
}

/**
 * Appends a number behind the newest sample of a row that is in use; false where something else has to be done or told,
 * which is for {@link appendSample}.
 */
export function appendNext(state: HeadState, row: number, time: number, value: number): boolean {
  if (!(time > (state.table.lastTime[row] ?? 0)) || time < state.horizonMs || time > MAX_TIME_MS) return false
  if (Number.isNaN(value) || !hasRoom(state, row) || state.sampleWatchers.length > 0) return false
  push(state, row, time, value, false)
  return true
}

/** Whether the open region takes another sample, and none of it waits to be packed. */
function hasRoom({ table }: HeadState, row: number): boolean {
  const count = table.openCount[row] ?? 0
  return count < (table.openRoom[row] ?? 0) && count < (table.packAt[row] ?? 0)
}

function push(state: HeadState, row: number, time: number, value: number, stale: boolean): void {
  const { table } = state
  const count = table.openCount[row] ?? 0
  const place = (table.openAt[row] ?? 0) + count
  const page = state.open.pageOf(place)
  const i = placeInPage(place)
  page.times[i] = time
  page.values[i] = value
  let flags = table.flags[row] ?? 0
  if (value < (table.lastValue[row] ?? 0)) flags |= MAY_FALL
  if (Number.isNaN(value)) {
    writeValue(page.values, i, value, stale)
    flags |= HAS_NAN
  }
  table.flags[row] = stale ? flags | LAST_IS_STALE : flags & ~LAST_IS_STALE
  table.openCount[row] = count + 1
  table.lastTime[row] = time
  table.lastValue[row] = value
  if (time > state.newestMs) state.newestMs = time
  state.openSamples++
  state.counts.samples++
  state.counts.appended++
}

function writeLate(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): AppendOutcome {
  const { lastTimeMs, row } = series
  if (time === lastTimeMs && (state.table.openCount[row] ?? 0) > 0)
    return replaceLast(state, series, value, stale)
  const oldest = Math.max(lastTimeMs - state.limits.outOfOrderWindowMs, state.horizonMs)
  if (time < oldest) {
    state.counts.tooOld++
    return 'too_old'
  }
  const { table } = state
  if (table.openCount[row] === table.openRoom[row]) makeRoom(state, series)
  const outcome = belongsInOpen(state, series, time)
    ? writeLateOpen(state, series, time, value, stale)
    : writeToChunk(state, series, time, value, stale)
  if (time === lastTimeMs) {
    table.lastValue[row] = value
    const flags = table.flags[row] ?? 0
    table.flags[row] = stale ? flags | LAST_IS_STALE : flags & ~LAST_IS_STALE
  }
  state.counts[outcome]++
  if (outcome === 'inserted') state.counts.samples++
  return outcome
}

/** Writes another value over the newest one: of many events in one millisecond each does so. */
function replaceLast(state: HeadState, series: MemorySeries, value: number, stale: boolean): LateOutcome {
  const { table } = state
  const { row } = series
  const { values, from, to } = openRangeOf(state, series)
  if (isSame(values, to - 1, value, stale)) {
    state.counts.unchanged++
    return 'unchanged'
  }
  state.capture?.before(series)
  writeValue(values, to - 1, value, stale)
  let flags = table.flags[row] ?? 0
  if (to - 1 > from && !(value >= (values[to - 2] ?? 0))) flags |= MAY_FALL
  if (Number.isNaN(value)) flags |= HAS_NAN
  table.flags[row] = stale ? flags | LAST_IS_STALE : flags & ~LAST_IS_STALE
  table.lastValue[row] = value
  state.counts.replaced++
  return 'replaced'
}

function belongsInOpen(state: HeadState, series: MemorySeries, time: number): boolean {
  if (series.chunks.length === 0) return true
  return (
    (state.table.openCount[series.row] ?? 0) > 0 && time > maxTimeOf(state, series, series.chunks.length - 1)
  )
}

function writeToChunk(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): LateOutcome {
  limitThawed(state)
  if (series.chunks.length === 0) return writeLateOpen(state, series, time, value, stale)
  let at = chunkFor(state, series, time)
  const thawed = series.chunks[at]
  if (typeof thawed === 'object' && thawed.count >= 2 * state.limits.chunkSamples) {
    freezeChunk(state, series, at)
    at = chunkFor(state, series, time)
  }
  const before = thawChunk(state, series, at)
  const { chunk, outcome } = writeIntoChunk(before, time, value, stale)
  if (outcome !== 'unchanged') state.capture?.before(series)
  state.thawedBytes += bytesOf(chunk) - bytesOf(before)
  state.thawedSamples += chunk.count - before.count
  series.chunks[at] = chunk
  return outcome
}

function writeIntoChunk(
  chunk: ThawedChunk,
  time: number,
  value: number,
  stale: boolean,
): { chunk: ThawedChunk; outcome: LateOutcome } {
  const i = lowerBound(chunk.times, 0, chunk.count, time)
  const stands = i < chunk.count && chunk.times[i] === time
  if (stands && isSame(chunk.values, i, value, stale)) return { chunk, outcome: 'unchanged' }
  const written = stands ? replaceIn(chunk, i, value) : insertInto(chunk, i, time, value)
  writeValue(written.values, i, value, stale)
  return { chunk: written, outcome: stands ? 'replaced' : 'inserted' }
}

/** The chunk that a late sample belongs to: the last one that begins at or before it, else the first. */
function chunkFor(state: HeadState, series: MemorySeries, time: number): number {
  for (let at = series.chunks.length - 1; at > 0; at--) {
    const chunk = series.chunks[at]
    if (chunk === undefined) continue
    const begins = typeof chunk === 'number' ? state.arena.minTimeOf(chunk) : (chunk.times[0] ?? 0)
    if (begins <= time) return at
  }
  return 0
}

function maxTimeOf(state: HeadState, series: MemorySeries, at: number): number {
  const chunk = series.chunks[at]
  if (chunk === undefined) return Number.NEGATIVE_INFINITY
  return typeof chunk === 'number' ? state.arena.maxTimeOf(chunk) : (chunk.times[chunk.count - 1] ?? 0)
}
