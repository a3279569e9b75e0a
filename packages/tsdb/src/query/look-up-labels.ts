import { type Matcher, sortInSteps } from '@tocsin/promql'
import type { Exemplar } from '../exemplars/exemplar-store.ts'
import type { HeadState } from '../head-state.ts'
import type { MemorySeries, Series } from '../series/series.ts'
import { mayHaveSamples } from './read-samples.ts'
import { labelValue, type SeriesResolver } from './resolve-series.ts'

/** Which series a look-up is about: any of the selectors, with samples in a range. Without selectors: all series. */
export interface SeriesQuery {
  readonly selectors?: readonly (readonly Matcher[])[]
  readonly startMs?: number
  readonly endMs?: number
}

/** Series that are looked at in one step. */
const A_STEP = 1000

/** The series that a query is about, in order of creation; chunk bounds decide whether they have samples. */
export function* lookUpSeries(
  state: HeadState,
  { resolving }: SeriesResolver,
  query: SeriesQuery,
): Generator<void, Series[]> {
  const { selectors = [], startMs = Number.NEGATIVE_INFINITY, endMs = Number.POSITIVE_INFINITY } = query
  const several = selectors.length > 1
  const seen = new Set<MemorySeries>()
  const found: MemorySeries[] = []
  for (const selector of selectors.length > 0 ? selectors : [[]]) {
    let count = 0
    for (const series of yield* resolving(selector)) {
      if (++count % A_STEP === 0) yield
      if (!mayHaveSamples(state, series, startMs, endMs) || (several && seen.has(series))) continue
      if (several) seen.add(series)
      found.push(series)
    }
  }
  return several ? found.sort((a, b) => a.ref - b.ref) : found
}

/** The exemplars of one series, oldest first. */
export interface SeriesExemplars {
  readonly series: Series
  readonly exemplars: readonly Exemplar[]
}

/** The exemplars within the range of the series that a query is about. */
export function* lookUpExemplars(
  state: HeadState,
  resolver: SeriesResolver,
  { startMs = Number.NEGATIVE_INFINITY, endMs = Number.POSITIVE_INFINITY, ...query }: SeriesQuery,
): Generator<void, SeriesExemplars[]> {
  const found: SeriesExemplars[] = []
  let count = 0
  // A series that has ended, or is long without samples, still has its exemplars.
  for (const series of yield* lookUpSeries(state, resolver, query)) {
    if (++count % A_STEP === 0) yield
    const exemplars = state.exemplars.of(series).filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs)
    if (exemplars.length > 0) found.push({ series, exemplars })
  }
  return found
}

/** Label names in use, sorted; the range counts only where selectors are given, as in Prometheus' head. */
export function* lookUpLabelNames(
  state: HeadState,
  resolver: SeriesResolver,
  query: SeriesQuery,
): Generator<void, string[]> {
  if (!query.selectors?.length) return yield* sortInSteps([...state.index.names()], byCodeUnit)
  const names = new Set<string>()
  let count = 0
  for (const { labels } of yield* lookUpSeries(state, resolver, query)) {
    if (++count % A_STEP === 0) yield
    for (const name in labels) names.add(name)
  }
  return yield* sortInSteps([...names], byCodeUnit)
}

/** The values of a label, sorted; the range counts only where selectors are given, as in Prometheus' head. */
export function* lookUpLabelValues(
  state: HeadState,
  resolver: SeriesResolver,
  name: string,
  query: SeriesQuery,
): Generator<void, string[]> {
  if (!query.selectors?.length)
    return yield* sortInSteps([...(state.index.postings(name)?.keys() ?? [])], byCodeUnit)
  const values = new Set<string>()
  let count = 0
  for (const { labels } of yield* lookUpSeries(state, resolver, query)) {
    if (++count % A_STEP === 0) yield
    const value = labelValue(labels, name)
    if (value !== '') values.add(value)
  }
  return yield* sortInSteps([...values], byCodeUnit)
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
