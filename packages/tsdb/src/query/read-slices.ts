import type { SeriesSlice } from '@tocsin/promql'
import type { HeadState } from '../head-state.ts'
import { lowerBoundFromEnd } from '../search-times.ts'
import { placeInPage } from '../series/open-store.ts'
import type { MemorySeries } from '../series/series.ts'
import { HAS_NAN, MAY_FALL } from '../series/series-table.ts'
import { endOf, readSamples } from './read-samples.ts'

/** The samples of series one after the other, in one slice object: rules read very many, very often. */
export class Slices implements IterableIterator<SeriesSlice> {
  readonly #state: HeadState
  readonly #series: readonly MemorySeries[]
  readonly #startMs: number
  readonly #endMs: number
  readonly #slice = createReusedSlice()
  readonly #result: IteratorYieldResult<SeriesSlice> = { done: false, value: this.#slice }
  #next = 0

  constructor(state: HeadState, series: readonly MemorySeries[], startMs: number, endMs: number) {
    this.#state = state
    this.#series = series
    this.#startMs = startMs
    this.#endMs = endMs
  }

  next(): IteratorResult<SeriesSlice> {
    while (this.#next < this.#series.length) {
      const series = this.#series[this.#next++]
      if (series && sliceSamples(this.#state, series, this.#startMs, this.#endMs, this.#slice))
        return this.#result
    }
    return { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }
}

const NOTHING = new Float64Array()

/** A slice that is filled anew for every series: reading many must not make an object for each. */
interface ReusedSlice extends SeriesSlice {
  labels: SeriesSlice['labels']
  timestamps: Float64Array
  values: Float64Array
  from: number
  to: number
  stales: number | undefined
  rises: boolean
}

function createReusedSlice(): ReusedSlice {
  return { labels: {}, timestamps: NOTHING, values: NOTHING, from: 0, to: 0, stales: undefined, rises: false }
}

/**
 * Points a slice at the samples of a series since `startMs`, without a copy where they are raw; false when there are none
 * up to `endMs`. It may have samples after `endMs`, and holds until the head is written to.
 */
function sliceSamples(
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
