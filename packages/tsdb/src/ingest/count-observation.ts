import type { MetricEvent } from '@tocsin/contract'
import { createMatcher, type Labels } from '@tocsin/promql'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import { raise } from './add-delta.ts'
import { type Refusal, refuse } from './ingest-outcome.ts'

export type CountObservation = (
  event: MetricEvent,
  labels: Labels,
  time: number,
  source: string,
) => Refusal | undefined

/** The buckets of an observation whose series has none yet: prom-client's own default. */
export const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The series of one classic histogram; the last bucket is +Inf. */
interface HistogramSeries {
  readonly bounds: readonly number[]
  readonly buckets: readonly Series[]
  readonly sum: Series
  readonly count: Series
}

/** Counts observations into cumulative buckets, sum and count. The first event of a series decides its buckets. */
export function createObservationCounter(head: Head): CountObservation {
  // By the `_count` series: an entry goes when the head drops the series.
  const known = new WeakMap<Series, HistogramSeries>()

  function histogramOf(event: MetricEvent, labels: Labels, source: string): HistogramSeries | Refusal {
    const count = head.intern({ ...labels, __name__: `${event.name}_count` }, source)
    if ('refused' in count) return refuse(count.refused, count.detail)
    const before = known.get(count)
    if (before && !before.sum.dropped && before.buckets.every(({ dropped }) => !dropped)) return before
    const bounds = boundsInHead(head, event.name, labels) ?? event.buckets ?? DEFAULT_BUCKETS
    const sum = head.intern({ ...labels, __name__: `${event.name}_sum` }, source)
    if ('refused' in sum) return refuse(sum.refused, sum.detail)
    const buckets: Series[] = []
    for (const bound of [...bounds, Number.POSITIVE_INFINITY]) {
      const bucket = head.intern(bucketLabels(event.name, labels, bound), source)
      if ('refused' in bucket) return refuse(bucket.refused, bucket.detail)
      buckets.push(bucket)
    }
    const histogram = { bounds, buckets, sum, count }
    known.set(count, histogram)
    return histogram
  }

  return (event, labels, time, source) => {
    if ('le' in labels) return refuseLe(event.name)
    const histogram = histogramOf(event, labels, source)
    if ('accepted' in histogram) return histogram
    const { bounds, buckets, sum, count } = histogram
    if (event.buckets && !sameBounds(event.buckets, bounds))
      head.metadata.conflict(event.name, 'buckets', bounds.join(' '), event.buckets.join(' '))
    for (const [i, bucket] of buckets.entries()) {
      const holds = event.value <= (bounds[i] ?? Number.POSITIVE_INFINITY)
      const refusal = raise(head, bucket, holds ? 1 : 0, time)
      if (refusal) return refusal
    }
    return raise(head, sum, event.value, time) ?? raise(head, count, 1, time)
  }
}

export function refuseLe(metric: string): Refusal {
  return refuse('reserved_label', `the label le belongs to the buckets of histogram ${metric}: rename it`)
}

export function bucketLabels(name: string, labels: Labels, bound: number): Labels {
  return {
    ...labels,
    le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound),
    __name__: `${name}_bucket`,
  }
}

/** The bounds that a histogram already has in the head: after a restart only the series themselves know. */
function boundsInHead(head: Head, name: string, labels: Labels): number[] | undefined {
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

function sameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((bound, i) => bound === b[i])
}
