import type { Matcher } from '@tocsin/promql'
import type { HeadState } from '../head-state.ts'
import type { MemorySeries, Series } from '../series/series.ts'
import { mayHaveSamples } from './read-samples.ts'
import { labelValue, type ResolveSeries } from './resolve-series.ts'

/** Which series a look-up is about: any of the selectors, with samples in a range. Without selectors: all series. */
export interface SeriesQuery {
  readonly selectors?: readonly (readonly Matcher[])[]
  readonly startMs?: number
  readonly endMs?: number
}

/** The series that a query is about, in order of creation; chunk bounds decide whether they have samples. */
export function lookUpSeries(state: HeadState, resolve: ResolveSeries, query: SeriesQuery): Series[] {
  const { selectors = [], startMs = Number.NEGATIVE_INFINITY, endMs = Number.POSITIVE_INFINITY } = query
  const found = new Set<MemorySeries>()
  const lists = selectors.length > 0 ? selectors.map(resolve) : [state.index.all()]
  for (const list of lists)
    for (const series of list) if (mayHaveSamples(state, series, startMs, endMs)) found.add(series)
  return selectors.length > 1 ? [...found].sort((a, b) => a.ref - b.ref) : [...found]
}

/** Label names in use, sorted; the range counts only where selectors are given, as in Prometheus' head. */
export function lookUpLabelNames(state: HeadState, resolve: ResolveSeries, query: SeriesQuery): string[] {
  if (!query.selectors?.length) return [...state.index.names()].sort(byCodeUnit)
  const names = new Set<string>()
  for (const series of lookUpSeries(state, resolve, query))
    for (const name of Object.keys(series.labels)) names.add(name)
  return [...names].sort(byCodeUnit)
}

/** The values of a label, sorted; the range counts only where selectors are given, as in Prometheus' head. */
export function lookUpLabelValues(
  state: HeadState,
  resolve: ResolveSeries,
  name: string,
  query: SeriesQuery,
): string[] {
  if (!query.selectors?.length) return [...(state.index.postings(name)?.keys() ?? [])].sort(byCodeUnit)
  const values = new Set<string>()
  for (const series of lookUpSeries(state, resolve, query)) {
    const value = labelValue(series.labels, name)
    if (value !== '') values.add(value)
  }
  return [...values].sort(byCodeUnit)
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
