import type { Labels, MetricType } from '@tocsin/contract'
import type { Head } from '../head.ts'
import type { MetricKind } from '../metrics/metric-metadata.ts'
import type { Series } from '../series/series.ts'
import { type Refusal, refuse } from './ingest-outcome.ts'

/** A series' labels: the metric's name and what was published. */
export function withName(name: string, labels: Labels): Labels {
  return { ...labels, __name__: name }
}

/** The labels of one bucket of a histogram. */
export function bucketLabels(name: string, labels: Labels, bound: number): Labels {
  return {
    ...labels,
    le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound),
    __name__: `${name}_bucket`,
  }
}

/** Writes a level to a series, wherever in time it belongs. */
export function writeLevel(head: Head, series: Series, value: number, time: number): Refusal | undefined {
  return refuseLate(head.append(series, time, value))
}

export function refuseLate(outcome: ReturnType<Head['append']>): Refusal | undefined {
  if (outcome === 'too_old' || outcome === 'invalid_time' || outcome === 'dropped')
    return refuse('too_old', 'the sample is behind the out-of-order window of its series, or past retention')
  return undefined
}

/**
 * Raises a cumulative series by a delta at a time, or at its newest sample when that is later: a delta that comes
 * late counts, and the sum never falls. Where the series begins, a 0 stands 1 ms before: `increase` sees the first.
 * The newest sample of a series is its sum so far, so that nothing but the head need survive.
 */
export function raise(head: Head, series: Series, delta: number, time: number): Refusal | undefined {
  const { lastTimeMs, lastIsStale } = series
  const begins = lastTimeMs === Number.NEGATIVE_INFINITY || lastIsStale
  if (!begins) return refuseLate(head.append(series, Math.max(time, lastTimeMs), series.lastValue + delta))
  const at = Math.max(time, lastTimeMs + (lastIsStale ? 2 : 0))
  beginAt(head, series, at - 1)
  return refuseLate(head.append(series, at, delta))
}

/** Writes the zero that a counter or histogram begins with. */
export function beginAt(head: Head, series: Series, time: number): void {
  head.append(series, time, 0)
  head.setCreated(series, time)
}

/** Declares a metric; refuses what another publisher declared as another type. */
export function refuseType(
  head: Head,
  offered: {
    readonly name: string
    readonly type: MetricType | MetricKind
    readonly help?: string | undefined
    readonly unit?: string | undefined
  },
): Refusal | undefined {
  const conflict = head.metadata.declare(offered.name, offered)
  if (!conflict) return undefined
  return refuse(
    'type_conflict',
    `metric ${conflict.metric} is published as ${conflict.known} and as ${conflict.offered}: rename one of them`,
  )
}

export function refuseLe(metric: string): Refusal {
  return refuse('reserved_label', `the label le belongs to the buckets of histogram ${metric}: rename it`)
}
