import type { Labels } from '@tocsin/contract'
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'
import type { Family, FamilySample, FamilyType } from './family.ts'
import { writeSeries } from './write-series.ts'

/** prom-client's own JSON carries the sample's name where it is not the metric's. */
interface SelfValue extends MetricValue<string> {
  readonly metricName?: string
}

const TYPES: Readonly<Record<string, FamilyType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
}

/** The process's own metrics as families, sorted by name. Those without a value are left out. */
export async function readSelfFamilies(registry: Registry): Promise<readonly Family[]> {
  const metrics = await registry.getMetricsAsJSON()
  return metrics
    .filter((metric) => metric.values.length > 0)
    .map(toFamily)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function toFamily(metric: MetricObjectWithValues<SelfValue>): Family {
  const type = TYPES[String(metric.type)] ?? 'unknown'
  const samples = metric.values.map(
    ({ metricName = metric.name, labels, value }): FamilySample => ({
      series: writeSeries(metricName, toLabels(labels), type),
      value,
    }),
  )
  return { name: metric.name, type, help: metric.help, unit: '', batches: [samples] }
}

/** prom-client keeps labels in the order and with the values they were given, numbers among them. */
function toLabels(labels: MetricValue<string>['labels']): Labels {
  const pairs = Object.entries(labels).map(([name, value]): [string, string] => [name, String(value)])
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)))
}
