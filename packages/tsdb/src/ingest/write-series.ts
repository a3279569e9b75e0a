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
 * The newest number of a series is its sum so far, so that nothing but the head need survive.
 */
export function raise(head: Head, series: Series, delta: number, time: number): Refusal | undefined {
  const { lastTimeMs, lastIsStale } = series
  if (lastTimeMs === Number.NEGATIVE_INFINITY) return beginWith(head, series, delta, time)
  if (!lastIsStale)
    return refuseLate(head.append(series, Math.max(time, lastTimeMs), series.lastValue + delta))
  // It was quiet, or its publisher had ended: the sum goes on, as one that never was quiet would.
  const sum = newestNumber(head, series)
  if (sum === undefined) return beginWith(head, series, delta, Math.max(time, lastTimeMs + 2))
  return refuseLate(head.append(series, Math.max(time, lastTimeMs + 1), sum + delta))
}

function beginWith(head: Head, series: Series, delta: number, time: number): Refusal | undefined {
  beginAt(head, series, time - 1)
  return refuseLate(head.append(series, time, delta))
}

// As far as is read back at first: mostly the marker stands as long after the number as series may be quiet.
const READ_BACK_MS = 10 * 60_000

/** The newest value before the markers that a series ends with. */
function newestNumber(head: Head, series: Series): number | undefined {
  for (const reachMs of [READ_BACK_MS, Number.POSITIVE_INFINITY]) {
    const { values } = head.read(series, series.lastTimeMs - reachMs, series.lastTimeMs) ?? {}
    const newest = values?.findLast((value) => !Number.isNaN(value))
    if (newest !== undefined) return newest
  }
  return undefined
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
