import type { MetricDefinition } from '@tocsin/contract'
import { Counter, Gauge, Histogram, type Registry, Summary } from 'prom-client'
import { trackCounter } from '../series/track-counter.ts'
import { trackGauge } from '../series/track-gauge.ts'
import { trackHistogram } from '../series/track-histogram.ts'
import type { Tracking } from '../series/tracking.ts'

type LabelOf<D extends MetricDefinition> = D['labels'][number]

type MetricOf<D extends MetricDefinition> = D['type'] extends 'counter'
  ? Counter<LabelOf<D>>
  : D['type'] extends 'gauge'
    ? Gauge<LabelOf<D>>
    : D['type'] extends 'histogram'
      ? Histogram<LabelOf<D>>
      : Summary<LabelOf<D>>

/** prom-client objects, one for each definition of a part of the catalogue. */
export type Catalogued<T extends Readonly<Record<string, MetricDefinition>>> = {
  readonly [K in keyof T]: MetricOf<T[K]>
}

/**
 * An object with one metric per definition, each registered when it is first asked for: an application that has
 * no connection pool must not publish the zero of one.
 */
export function defineMetrics<const T extends Readonly<Record<string, MetricDefinition>>>(
  registry: Registry,
  definitions: T,
  tracking: Tracking,
): Catalogued<T> {
  const metrics: Partial<Record<string, unknown>> = {}
  for (const [key, definition] of Object.entries(definitions)) {
    Object.defineProperty(metrics, key, {
      enumerable: true,
      configurable: true,
      get() {
        const value = makeMetric(registry, definition, tracking)
        Object.defineProperty(metrics, key, { value, enumerable: true })
        return value
      },
    })
  }
  return metrics as Catalogued<T>
}

function makeMetric(
  registry: Registry,
  { name, type, help, labels, buckets }: MetricDefinition,
  tracking: Tracking,
) {
  const config = { name, help, labelNames: labels, registers: [registry] }
  switch (type) {
    case 'counter':
      return trackCounter(new Counter(config), tracking)
    case 'gauge':
      return trackGauge(new Gauge(config), tracking)
    case 'histogram':
      return trackHistogram(new Histogram(buckets ? { ...config, buckets: [...buckets] } : config), tracking)
    case 'summary':
      return new Summary(config)
  }
}
