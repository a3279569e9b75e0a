import type { Labels } from '@tocsin/contract'
import type { ReadMetric } from '@tocsin/runtime'
import type { Family, FamilyType } from './family.ts'
import { writeSeries } from './write-labels.ts'

const TYPES: Readonly<Record<string, FamilyType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
}

/** The service's own metrics as families, sorted by name, each series with `identity`. Those without a value are left out. */
export function toFamilies(metrics: readonly ReadMetric[], identity: Labels): readonly Family[] {
  return metrics
    .filter((metric) => metric.values.length > 0)
    .map((metric) => toFamily(metric, identity))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function toFamily(metric: ReadMetric, identity: Labels): Family {
  const samples = metric.values.map(({ metricName = metric.name, labels, value }) => ({
    text: writeSeries(metricName, toLabels({ ...labels, ...identity })),
    value,
  }))
  return {
    name: metric.name,
    type: TYPES[String(metric.type)] ?? 'unknown',
    help: metric.help,
    unit: '',
    *write(lines, except) {
      for (const { text, value } of samples) {
        if (except?.has(text)) continue
        const bytes = Buffer.from(text)
        lines.line(bytes, 0, bytes.length, value)
      }
      yield
    },
    texts: () => samples.map(({ text }) => text),
  }
}

/** prom-client keeps labels in the order and with the values they were given, numbers among them. */
function toLabels(labels: ReadMetric['values'][number]['labels']): Labels {
  const pairs = Object.entries(labels).map(([name, value]): [string, string] => [name, String(value)])
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)))
}
