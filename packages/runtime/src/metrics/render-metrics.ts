import { Registry } from 'prom-client'
import type { Metrics } from './create-metrics.ts'

/** The metrics as text: OpenMetrics when the client asks for it, Prometheus' own format otherwise. */
export async function renderMetrics(
  { registry, refresh }: Pick<Metrics, 'registry' | 'refresh'>,
  accept: string | undefined,
): Promise<{ type: string; body: string }> {
  refresh()
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
