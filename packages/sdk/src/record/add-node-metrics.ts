import { collectDefaultMetrics, type Registry } from 'prom-client'

/** Gauges of prom-client that are named as counters, which promtool reports; each is the sum of a metric that stays. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** Adds prom-client's metrics of Node and the process: event loop, heap, garbage collection, CPU. Once. */
export function addNodeMetrics(registry: Registry): void {
  if (registry.getSingleMetric('process_cpu_user_seconds_total')) return
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
}
