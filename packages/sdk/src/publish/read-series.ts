import { BucketCounts } from '../series/bucket-counts.ts'
import { numberText } from './batch.ts'
import type { Entry, HistogramEntry, ScalarEntry, StoredMetric, SummaryEntry } from './prom-client.ts'

/** The parts that a metric is published as: a summary is several series, everything else is one. */
export type Part = '' | '_sum' | '_count'

/** What the contract calls the end of a series. */
export const STALE = '"stale"'

/** Upper bounds as the contract has them: without +Inf, which every histogram has. */
export const finiteBounds = (bounds: readonly number[]): readonly number[] =>
  bounds.filter((bound) => bound !== Number.POSITIVE_INFINITY)

/** Two numbers that differ whenever a series has changed. */
export function versionOf(metric: StoredMetric, entry: Entry): readonly [number, number] {
  if (metric.type === 'counter' || metric.type === 'gauge') return [(entry as ScalarEntry).value, 0]
  const { count, sum } = entry as HistogramEntry | SummaryEntry
  return [count, sum]
}

/** Whether nothing has changed between two versions. */
export function isSame(a: readonly [number, number] | undefined, b: readonly [number, number]): boolean {
  return a !== undefined && Object.is(a[0], b[0]) && Object.is(a[1], b[1])
}

/** What a series of a metric that is not a summary says now, as JSON. */
export function levelOf(metric: StoredMetric, entry: Entry): string {
  return metric.type === 'histogram'
    ? histogramJson(metric.upperBounds, entry as HistogramEntry)
    : numberText((entry as ScalarEntry).value)
}

/** What the series of a summary say: a quantile each, then sum and count. */
export function summaryLevels(percentiles: readonly number[], { td, sum, count }: SummaryEntry): string[] {
  td.compress()
  // prom-client says 0 where there is no observation, and so do we.
  const quantiles = percentiles.map((quantile) => numberText(td.percentile(quantile) ?? 0))
  return [...quantiles, numberText(sum), numberText(count)]
}

function histogramJson(bounds: readonly number[], entry: HistogramEntry): string {
  const { count, sum } = entry
  let cumulative = 0
  let counts = ''
  for (let i = 0; i < bounds.length; i++) {
    const bound = bounds[i] as number
    if (bound === Number.POSITIVE_INFINITY) continue
    cumulative += (entry instanceof BucketCounts ? entry.counts[i] : entry.bucketValues[bound]) ?? 0
    counts += `${cumulative},`
  }
  // A sum that left the range of doubles has no JSON number; the counts are still right.
  return `[${counts}${count}],${Number.isFinite(sum) ? sum : 0}`
}
