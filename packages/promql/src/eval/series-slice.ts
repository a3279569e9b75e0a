import { isStaleAt, type Matcher, type Queryable, type SeriesSamples, type SeriesSlice } from '../storage.ts'
import type { Query } from './query.ts'
import { takeSteps } from './take-steps.ts'

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
  return queryable.slices?.(matchers, startMs, endMs) ?? asSlices(queryable.select(matchers, startMs, endMs))
}

function* asSlices(series: Iterable<SeriesSamples>): Generator<SeriesSlice> {
  for (const { labels, timestamps, values } of series) {
    yield { labels, timestamps, values, from: 0, to: timestamps.length, stales: undefined, rises: false }
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
  return { labels, timestamps: keptTimes, values: keptValues, from: 0, to: count, stales: 0, rises: false }
}

/** The same samples in arrays of their own: others are about to work, and the storage's may change. */
export function detach(slice: SeriesSlice): SeriesSlice {
  const { timestamps, values, from, to } = slice
  return {
    ...slice,
    timestamps: timestamps.slice(from, to),
    values: values.slice(from, to),
    from: 0,
    to: to - from,
  }
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
