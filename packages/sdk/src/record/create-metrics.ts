import { builtInDefinitions } from '@tocsin/contract'
import {
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type Registry,
  Summary,
  type SummaryConfiguration,
} from 'prom-client'
import { MonitoringError } from '../errors.ts'
import { trackCounter } from '../series/track-counter.ts'
import { trackGauge } from '../series/track-gauge.ts'
import { trackHistogram } from '../series/track-histogram.ts'
import type { Tracking } from '../series/tracking.ts'
import { type Catalogued, defineMetrics } from './built-in-metrics.ts'

type Ours<Config> = Omit<Config, 'registers'>

/** Makes prom-client's own objects on our registry. Asked for a name again, each gives the same object. */
export interface MetricFactories {
  readonly registry: Registry
  counter<Label extends string = never>(config: Ours<CounterConfiguration<Label>>): Counter<Label>
  gauge<Label extends string = never>(config: Ours<GaugeConfiguration<Label>>): Gauge<Label>
  histogram<Label extends string = never>(config: Ours<HistogramConfiguration<Label>>): Histogram<Label>
  summary<Label extends string = never>(config: Ours<SummaryConfiguration<Label>>): Summary<Label>
}

/** The factories, and the built-in metrics of the catalogue by name. */
export type Metrics = MetricFactories & Catalogued<typeof builtInDefinitions>

export function createMetrics(registry: Registry, tracking: Tracking): Metrics {
  const metrics = defineMetrics(registry, builtInDefinitions, tracking)
  const registers = [registry]

  function reuse<T extends object>(
    type: abstract new (config: never) => T,
    config: { readonly name: string; readonly labelNames?: readonly string[] },
    make: () => T,
  ): T {
    const existing: unknown = registry.getSingleMetric(config.name)
    if (existing === undefined) return make()
    const labels = (names: readonly string[] = []) => [...names].sort().join()
    if (existing instanceof type && labels((existing as LabelNames).labelNames) === labels(config.labelNames))
      return existing
    throw new MonitoringError(
      'invalid_argument',
      `metric '${config.name}' exists already with another type or other labels: choose another name`,
    )
  }

  const factories: MetricFactories = {
    registry,
    counter: (config) =>
      reuse(Counter, config, () => trackCounter(new Counter({ ...config, registers }), tracking)),
    gauge: (config) => reuse(Gauge, config, () => trackGauge(new Gauge({ ...config, registers }), tracking)),
    histogram: (config) =>
      reuse(Histogram, config, () => trackHistogram(new Histogram({ ...config, registers }), tracking)),
    summary: (config) => reuse(Summary, config, () => new Summary({ ...config, registers })),
  }
  return Object.defineProperties(metrics, Object.getOwnPropertyDescriptors(factories)) as Metrics
}

interface LabelNames {
  readonly labelNames?: readonly string[]
}
