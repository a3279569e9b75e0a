import type { Labels } from '@tocsin/contract'
import { createMatcher } from '@tocsin/promql'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import { type Refusal, refuse } from './ingest-outcome.ts'
import { bucketLabels, refuseLe, withName } from './write-series.ts'

/** The series of one classic histogram. */
export interface HistogramSeries {
  /** Upper bounds, ascending, without +Inf. */
  readonly bounds: readonly number[]
  /** One more than bounds: the last is +Inf. */
  readonly buckets: readonly Series[]
  readonly sum: Series
  readonly count: Series
}

/** All of a histogram's series, or why one of them is refused: one that lacks a bucket gives wrong quantiles. */
export function internHistogram(
  head: Head,
  name: string,
  labels: Labels,
  bounds: readonly number[],
  source: string,
): HistogramSeries | Refusal {
  if ('le' in labels) return refuseLe(name)
  const buckets: Series[] = []
  for (let i = 0; i <= bounds.length; i++) {
    const bucket = head.intern(bucketLabels(name, labels, bounds[i] ?? Number.POSITIVE_INFINITY), source)
    if ('refused' in bucket) return refuse(bucket.refused, bucket.detail)
    buckets.push(bucket)
  }
  const sum = head.intern(withName(`${name}_sum`, labels), source)
  if ('refused' in sum) return refuse(sum.refused, sum.detail)
  const count = head.intern(withName(`${name}_count`, labels), source)
  if ('refused' in count) return refuse(count.refused, count.detail)
  return { bounds, buckets, sum, count }
}

/** Those of a histogram's series that the head has. */
export function findHistogram(
  head: Head,
  name: string,
  labels: Labels,
  bounds: readonly number[],
): readonly Series[] {
  return [
    ...[...bounds, Number.POSITIVE_INFINITY].map((bound) => bucketLabels(name, labels, bound)),
    withName(`${name}_sum`, labels),
    withName(`${name}_count`, labels),
  ].flatMap((one) => head.find(one) ?? [])
}

/** Whether every series of it is still in the head. */
export function isWhole({ buckets, sum, count }: HistogramSeries): boolean {
  if (sum.dropped || count.dropped) return false
  for (let i = 0; i < buckets.length; i++) if (buckets[i]?.dropped) return false
  return true
}

/** The series whose bucket a value falls into first: an exemplar's. */
export function bucketOf({ bounds, buckets }: HistogramSeries, value: number): Series | undefined {
  const at = bounds.findIndex((bound) => value <= bound)
  return buckets[at < 0 ? bounds.length : at]
}

/** The bounds that a histogram already has in the head: after a restart only the series themselves know. */
export function boundsInHead(head: Head, name: string, labels: Labels): number[] | undefined {
  const matchers = [createMatcher('__name__', '=', `${name}_bucket`)]
  for (const [label, value] of Object.entries(labels)) matchers.push(createMatcher(label, '=', value))
  const size = Object.values(labels).filter((value) => value !== '').length + 2
  const bounds = head
    .matchSeries(matchers)
    .filter(
      (series) => Object.keys(series.labels).length === size && series.lastTimeMs > Number.NEGATIVE_INFINITY,
    )
    .map((series) => series.labels['le'] ?? '')
    .filter((le) => le !== '+Inf' && le !== '')
    .map(Number)
    .sort((a, b) => a - b)
  return bounds.length > 0 ? bounds : undefined
}

export function sameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((bound, i) => bound === b[i])
}
