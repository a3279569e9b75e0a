import { isStaleAt, writeStaleAt } from '@tocsin/promql'
import type { HeadState } from '../head-state.ts'
import { lowerBound } from '../search-times.ts'
import { LARGEST_REGION, type OpenPage, placeInPage, SMALLEST_REGION } from './open-store.ts'
import type { MemorySeries } from './series.ts'
import { HAS_NAN, MAY_FALL } from './series-table.ts'

/** Where the raw samples of a series lie: indices `from` to `to` of a page, the end exclusive. */
export interface OpenRange extends Pick<OpenPage, 'times' | 'values'> {
  readonly from: number
  readonly to: number
}

const NOTHING: OpenRange = { times: new Float64Array(0), values: new Float64Array(0), from: 0, to: 0 }

export function openRangeOf({ table, open }: HeadState, { row }: MemorySeries): OpenRange {
  const count = table.openCount[row] ?? 0
  if (count === 0) return NOTHING
  const place = table.openAt[row] ?? 0
  const { times, values } = open.pageOf(place)
  const from = placeInPage(place)
  return { times, values, from, to: from + count }
}

/** Moves the raw samples to a larger region; false when there is none. */
export function growOpen(state: HeadState, series: MemorySeries): boolean {
  const { table } = state
  const { row } = series
  const room = table.openRoom[row] ?? 0
  if (room >= LARGEST_REGION) return false
  moveOpen(state, series, room === 0 ? SMALLEST_REGION : room * 2)
  return true
}

/** Moves the raw samples to a region for at least `samples`. */
export function moveOpen(state: HeadState, series: MemorySeries, samples: number): void {
  const { table, open } = state
  const { row } = series
  state.capture?.before(series)
  const before = openRangeOf(state, series)
  const place = open.allocate(samples)
  const page = open.pageOf(place)
  const to = placeInPage(place)
  page.times.set(before.times.subarray(before.from, before.to), to)
  page.values.set(before.values.subarray(before.from, before.to), to)
  releaseRegion(state, row)
  table.openAt[row] = place
  table.openRoom[row] = open.roomFor(samples)
}

/** Forgets the raw samples and their region. */
export function dropOpen(state: HeadState, series: MemorySeries): void {
  const { table } = state
  state.openSamples -= table.openCount[series.row] ?? 0
  releaseRegion(state, series.row)
  table.openRoom[series.row] = 0
  table.openCount[series.row] = 0
  table.flags[series.row] = (table.flags[series.row] ?? 0) & ~(HAS_NAN | MAY_FALL)
}

function releaseRegion({ table, open }: HeadState, row: number): void {
  const room = table.openRoom[row] ?? 0
  if (room > 0) open.release(table.openAt[row] ?? 0, room)
}

/** Forgets the first raw samples; the others move to the front. */
export function dropFirstOpen(state: HeadState, series: MemorySeries, dropped: number): void {
  const { table } = state
  const { row } = series
  const { times, values, from, to } = openRangeOf(state, series)
  times.copyWithin(from, from + dropped, to)
  values.copyWithin(from, from + dropped, to)
  table.openCount[row] = to - from - dropped
  state.openSamples -= dropped
  table.flags[row] = (table.flags[row] ?? 0) & ~(HAS_NAN | MAY_FALL)
  noteFlags(state, series)
}

/** Looks at all raw values again for what the flags say of them. */
function noteFlags(state: HeadState, series: MemorySeries): void {
  const { values, from, to } = openRangeOf(state, series)
  let flags = 0
  for (let i = from; i < to; i++) {
    const value = values[i] ?? 0
    if (Number.isNaN(value)) flags |= HAS_NAN | MAY_FALL
    else if (i > from && value < (values[i - 1] ?? 0)) flags |= MAY_FALL
  }
  state.table.flags[series.row] = (state.table.flags[series.row] ?? 0) | flags
}

export type LateOutcome = 'inserted' | 'replaced' | 'unchanged'

/** Puts a sample among the raw ones, where it belongs in time; the region must have room. */
export function writeLateOpen(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): LateOutcome {
  const { table } = state
  const { row } = series
  const { times, values, from, to } = openRangeOf(state, series)
  const i = lowerBound(times, from, to, time)
  const stands = i < to && times[i] === time
  if (stands && isSame(values, i, value, stale)) return 'unchanged'
  state.capture?.before(series)
  if (!stands) {
    times.copyWithin(i + 1, i, to)
    values.copyWithin(i + 1, i, to)
    times[i] = time
    table.openCount[row] = to - from + 1
    state.openSamples++
  }
  writeValue(values, i, value, stale)
  table.flags[row] = (table.flags[row] ?? 0) | MAY_FALL | (Number.isNaN(value) ? HAS_NAN : 0)
  return stands ? 'replaced' : 'inserted'
}

/** Whether the value at index `i` is this one, to the bit where it is a staleness marker. */
export function isSame(values: Float64Array, i: number, value: number, stale: boolean): boolean {
  return Object.is(values[i], value) && isStaleAt(values, i) === stale
}

/** Writes a value as it is kept: any NaN as the ordinary one, unless it is a staleness marker. */
export function writeValue(values: Float64Array, i: number, value: number, stale: boolean): void {
  if (stale) writeStaleAt(values, i)
  else values[i] = Number.isNaN(value) ? Number.NaN : value
}
