import type { DataPoint, Histogram as HistogramValue } from '@opentelemetry/sdk-metrics'
import type { RawLabels } from '../publish/prom-client.ts'
import { attributeLabels } from './attribute-labels.ts'
import { millisecondsOf } from './finished-span.ts'

/** What one collection says of a series. */
export interface PointTotal {
  readonly labels: RawLabels
  readonly startMs: number
  value: number | HistogramValue
}

/**
 * Points by the labels that they have in Prometheus. Two with the same labels, as of two instrumentations that measure
 * the same, are one series: levels take the last, everything else is added up.
 */
export function addPoints(
  totals: Map<string, PointTotal>,
  points: readonly DataPoint<number | HistogramValue>[],
  adds: boolean,
): void {
  for (const { attributes, value, startTime } of points) {
    const labels = attributeLabels(attributes)
    const key = JSON.stringify(labels)
    const known = totals.get(key)
    if (known === undefined)
      totals.set(key, { labels, value, startMs: Math.floor(millisecondsOf(startTime)) })
    else known.value = adds ? together(known.value, value) : value
  }
}

function together(a: number | HistogramValue, b: number | HistogramValue): number | HistogramValue {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) + Number(b)
  const { boundaries } = a.buckets
  if (boundaries.join() !== b.buckets.boundaries.join()) return b
  const counts = a.buckets.counts.map((count, i) => count + (b.buckets.counts[i] ?? 0))
  return {
    ...a,
    buckets: { boundaries, counts },
    count: a.count + b.count,
    sum: (a.sum ?? 0) + (b.sum ?? 0),
  }
}
