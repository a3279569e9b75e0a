import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { createQuickHistogram, type QuickHistogram } from './quick-histogram.ts'

/** A service's own registry, and makers that answer the existing metric when asked twice for one name. */
export interface Metrics {
  readonly registry: Registry
  counter<L extends string = never>(name: string, help: string, labelNames?: readonly L[]): Counter<L>
  gauge<L extends string = never>(name: string, help: string, labelNames?: readonly L[]): Gauge<L>
  histogram<L extends string = never>(
    name: string,
    help: string,
    labelNames?: readonly L[],
    buckets?: readonly number[],
  ): Histogram<L>
  /** A histogram for what happens at every message. Times in seconds. */
  quickHistogram<L extends string = never>(
    name: string,
    help: string,
    buckets?: readonly number[],
  ): QuickHistogram<L>
}

/** From half a millisecond to half a minute: what a message or a request takes. Seconds. */
const durationBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

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
  const known = new Map<string, unknown>()
  function once<M>(name: string, make: () => M): M {
    if (!known.has(name)) known.set(name, make())
    return known.get(name) as M
  }
  const metrics: Metrics = {
    registry,
    counter: (name, help, labelNames = []) =>
      once(name, () => new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })),
    gauge: (name, help, labelNames = []) =>
      once(name, () => new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] })),
    histogram: (name, help, labelNames = [], buckets = durationBuckets) =>
      once(
        name,
        () =>
          new Histogram({
            name,
            help,
            labelNames: [...labelNames],
            buckets: [...buckets],
            registers: [registry],
          }),
      ),
    quickHistogram: (name, help, buckets = durationBuckets) =>
      once(name, () => createQuickHistogram(registry, name, help, buckets)),
  }
  metrics
    .gauge('tocsin_build_info', 'Always 1; the labels say what runs.', ['service', 'version'])
    .set({ service, version }, 1)
  return metrics
}

/** The registry as text: OpenMetrics when the client asks for it, Prometheus' own format otherwise. */
export async function renderMetrics(
  registry: Registry,
  accept: string | undefined,
): Promise<{ type: string; body: string }> {
  if (!accept?.includes('application/openmetrics-text'))
    return { type: registry.contentType, body: await registry.metrics() }
  // A registry's format is state: one of its own per answer keeps concurrent scrapes apart.
  const open = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>()
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  for (const metric of registry.getMetricsAsArray()) {
    const instance = registry.getSingleMetric(metric.name)
    if (instance) open.registerMetric(instance)
  }
  return { type: open.contentType, body: await open.metrics() }
}
