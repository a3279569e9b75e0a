import { numberText } from './batch.ts'
import type { HistogramEntry, ScalarEntry, StoredMetric, SummaryEntry } from './prom-client.ts'

export type Entry = ScalarEntry | HistogramEntry | SummaryEntry

export type Part = '' | '_sum' | '_count'

/** One value to publish: of which part of the metric, under which quantile, as JSON. */
export interface Level {
  readonly part: Part
  readonly quantile?: number
  readonly json: string
}

/** What the contract calls the end of a series. */
const STALE = '"stale"'

/** Upper bounds as the contract has them: without +Inf, which every histogram has. */
export const finiteBounds = (bounds: readonly number[]): readonly number[] =>
  bounds.filter((bound) => bound !== Number.POSITIVE_INFINITY)

/** Two numbers that differ whenever a series has changed. */
export function versionOf(metric: StoredMetric, entry: Entry): readonly [number, number] {
  if (metric.type === 'counter' || metric.type === 'gauge') return [(entry as ScalarEntry).value, 0]
  const { count, sum } = entry as HistogramEntry | SummaryEntry
  return [count, sum]
}

/** What a series says now. A summary is several series: its quantiles, sum and count. */
export function levelsOf(metric: StoredMetric, entry: Entry): readonly Level[] {
  switch (metric.type) {
    case 'counter':
    case 'gauge':
      return [{ part: '', json: numberText((entry as ScalarEntry).value) }]
    case 'histogram':
      return [{ part: '', json: histogramJson(metric.upperBounds, entry as HistogramEntry) }]
    case 'summary':
      return summaryLevels(metric.percentiles, entry as SummaryEntry)
  }
}

/** What a counter or histogram said before anything was counted. */
export function zeroOf(metric: StoredMetric): string | undefined {
  if (metric.type === 'counter') return '0'
  if (metric.type !== 'histogram') return undefined
  return `[${'0,'.repeat(finiteBounds(metric.upperBounds).length)}0],0`
}

/** The end of a series. A batch has no mark for a histogram's: it runs out with the readers' lookback. */
export function endOf(metric: StoredMetric): readonly Level[] {
  if (metric.type === 'histogram') return []
  if (metric.type !== 'summary') return [{ part: '', json: STALE }]
  return [
    ...metric.percentiles.map((quantile): Level => ({ part: '', quantile, json: STALE })),
    { part: '_sum', json: STALE },
    { part: '_count', json: STALE },
  ]
}

function histogramJson(bounds: readonly number[], { bucketValues, count, sum }: HistogramEntry): string {
  let cumulative = 0
  let counts = ''
  for (const bound of finiteBounds(bounds)) {
    cumulative += bucketValues[bound] ?? 0
    counts += `${cumulative},`
  }
  // A sum that left the range of doubles has no JSON number; the counts are still right.
  return `[${counts}${count}],${Number.isFinite(sum) ? sum : 0}`
}

function summaryLevels(percentiles: readonly number[], { td, sum, count }: SummaryEntry): readonly Level[] {
  td.compress()
  return [
    // prom-client says 0 where there is no observation, and so do we.
    ...percentiles.map(
      (quantile): Level => ({
        part: '',
        quantile,
        json: numberText(td.percentile(quantile) ?? 0),
      }),
    ),
    { part: '_sum', json: numberText(sum) },
    { part: '_count', json: numberText(count) },
  ]
}
