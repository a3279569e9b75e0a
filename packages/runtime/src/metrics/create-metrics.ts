import { type MetricDefinition, runtimeMetrics } from '@tocsin/contract'
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client'
import { createQuickHistogram, type QuickHistogram } from './quick-histogram.ts'

type LabelOf<D extends MetricDefinition> = D['labels'][number]

/** One metric and its present samples, as prom-client gives them; `metricName` where it is not the metric's. */
export type ReadMetric = MetricObjectWithValues<MetricValue<string> & { readonly metricName?: string }>

/** A service's own registry, and makers that take a definition of the catalogue and answer the same metric each time. */
export interface Metrics {
  readonly registry: Registry
  counter<const D extends MetricDefinition<'counter'>>(definition: D): Counter<LabelOf<D>>
  gauge<const D extends MetricDefinition<'gauge'>>(definition: D): Gauge<LabelOf<D>>
  histogram<const D extends MetricDefinition<'histogram'>>(definition: D): Histogram<LabelOf<D>>
  /** A histogram for what happens at every message. */
  quickHistogram<const D extends MetricDefinition<'histogram'>>(definition: D): QuickHistogram<LabelOf<D>>
  /** Brings figures up to date that are looked up only when somebody reads them. */
  beforeRead(update: () => void): void
  /** Brings every figure up to date. */
  refresh(): void
  /** Every metric with its present samples. */
  read(): Promise<readonly ReadMetric[]>
}

/** Gauges of prom-client that are named as counters, which promtool reports; each is the sum of a metric that stays. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** The metrics of one service, with Node's and the process's own (event-loop lag among them). */
export function createMetrics(service: string, version: string): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  const known = new Map<string, { readonly definition: MetricDefinition; readonly metric: unknown }>()
  const updates: (() => void)[] = []

  function once<M>(definition: MetricDefinition, make: () => M): M {
    const before = known.get(definition.name)
    if (before === undefined) {
      const metric = make()
      known.set(definition.name, { definition, metric })
      return metric
    }
    if (before.definition !== definition)
      throw new TypeError(`${definition.name} is defined twice: let both places take one definition`)
    return before.metric as M
  }

  const metrics: Metrics = {
    registry,
    counter: (definition) => once(definition, () => new Counter(configOf(definition, registry))),
    gauge: (definition) => once(definition, () => new Gauge(configOf(definition, registry))),
    histogram: (definition) =>
      once(
        definition,
        () => new Histogram({ ...configOf(definition, registry), buckets: [...(definition.buckets ?? [])] }),
      ),
    quickHistogram: (definition) => once(definition, () => createQuickHistogram(registry, definition)),
    beforeRead: (update) => void updates.push(update),
    refresh() {
      for (const update of updates) update()
    },
    read() {
      metrics.refresh()
      return registry.getMetricsAsJSON()
    },
  }
  metrics.gauge(runtimeMetrics.buildInfo).set({ service, version }, 1)
  return metrics
}

function configOf<D extends MetricDefinition>({ name, help, labels }: D, registry: Registry) {
  return { name, help, labelNames: [...labels] as LabelOf<D>[], registers: [registry] }
}
