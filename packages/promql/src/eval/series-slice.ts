import { isStaleAt, type Labels, type Matcher, type Queryable, type SeriesSamples } from '../storage.ts'
import type { Query } from './query.ts'
import { takeSteps } from './take-steps.ts'

/** Samples of one series within larger arrays: indices `from` to `to`, the end exclusive. */
export interface SeriesSlice {
  readonly labels: Labels
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly from: number
  readonly to: number
  /** How many staleness markers are among them; undefined when nobody has counted. */
  readonly stales: number | undefined
}

/** A storage that can hand out slices of its own arrays, without an object per series and read. */
export interface SliceSource extends Queryable {
  /** As `select`; may give samples outside of the range too. */
  slices(matchers: readonly Matcher[], startMs: number, endMs: number): Iterable<SeriesSlice>
}

/** To be done before `selectSlices`: what the storage can do in steps must not be one long step there. */
export function* prepareSelect(query: Query, matchers: readonly Matcher[]): Generator<void> {
  const steps = query.queryable.prepare?.(matchers)
  if (steps) yield* takeSteps(query, steps[Symbol.iterator]())
}

export function selectSlices(
  queryable: Queryable,
  matchers: readonly Matcher[],
  startMs: number,
  endMs: number,
): Iterable<SeriesSlice> {
  return isSliceSource(queryable)
    ? queryable.slices(matchers, startMs, endMs)
    : asSlices(queryable.select(matchers, startMs, endMs))
}

function isSliceSource(queryable: Queryable): queryable is SliceSource {
  return 'slices' in queryable
}

export function* asSlices(series: Iterable<SeriesSamples>): Generator<SeriesSlice> {
  for (const { labels, timestamps, values } of series) {
    yield { labels, timestamps, values, from: 0, to: timestamps.length, stales: undefined }
  }
}

/** The samples without staleness markers; the same object when there are none. */
export function withoutStale(slice: SeriesSlice): SeriesSlice {
  const { labels, timestamps, values, from, to } = slice
  const stales = slice.stales ?? countStale(slice)
  if (stales === 0) return slice
  const count = to - from - stales
  const keptTimes = new Float64Array(count)
  const keptValues = new Float64Array(count)
  let kept = 0
  for (let i = from; i < to; i++) {
    if (isStaleAt(values, i)) continue
    keptTimes[kept] = timestamps[i] ?? 0
    keptValues[kept++] = values[i] ?? 0
  }
  return { labels, timestamps: keptTimes, values: keptValues, from: 0, to: count, stales: 0 }
}

function countStale({ values, from, to }: SeriesSlice): number {
  let stales = 0
  for (let i = from; i < to; i++) if (isStaleAt(values, i)) stales++
  return stales
}

/** The first index in `from` to `end` whose timestamp is after `time`; steps are often close, so it gallops. */
export function firstAfter(timestamps: Float64Array, time: number, from: number, end: number): number {
  let low = from
  let stride = 1
  while (low + stride <= end && (timestamps[low + stride - 1] ?? 0) <= time) {
    low += stride
    stride *= 2
  }
  let high = Math.min(end, low + stride - 1)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((timestamps[middle] ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low
}
