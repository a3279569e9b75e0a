import type { BatchMetric, Labels, SampleValue } from '@tocsin/contract'
import type { ReadMetric } from './create-metrics.ts'

/** A level, or a histogram's cumulative counts (+Inf last) and its sum. */
export type OwnLevel = readonly [level: SampleValue] | readonly [counts: number[], sum: number]

/** One series of a service's own metrics, as a batch describes it, and its present level. */
export interface OwnSeries {
  readonly key: string
  readonly metric: BatchMetric
  readonly labels: Labels
  readonly level: OwnLevel
}

/** Many series that only a debugger asks for: they stand on the service's own `/metrics` alone. */
const LOCAL = /^nodejs_(?:heap_space_|active_)/

/** The series worth publishing of what prom-client read, with `identity` among their labels. */
export function ownSeries(metrics: readonly ReadMetric[], identity: Labels): readonly OwnSeries[] {
  return metrics
    .filter(({ name }) => !LOCAL.test(name))
    .flatMap((metric) =>
      String(metric.type) === 'histogram' ? histograms(metric, identity) : levels(metric, identity),
    )
}

function levels({ name, help, type, values }: ReadMetric, identity: Labels): readonly OwnSeries[] {
  const metric: BatchMetric = { name, help, type: String(type) === 'counter' ? 'counter' : 'gauge' }
  return values.map(({ labels, value }) => describe(metric, labels, identity, [inJson(value)]))
}

interface Parts {
  readonly labels: Readonly<Record<string, unknown>>
  readonly bounds: number[]
  readonly counts: number[]
  sum: number
}

/** prom-client reads a histogram as its parts, each label set's behind one another with bounds ascending. */
function histograms({ name, help, values }: ReadMetric, identity: Labels): readonly OwnSeries[] {
  const found = new Map<string, Parts>()
  for (const { labels, value, metricName } of values) {
    const { le, ...rest } = labels as Readonly<Record<string, unknown>>
    const key = JSON.stringify(rest)
    const parts = found.get(key) ?? { labels: rest, bounds: [], counts: [], sum: 0 }
    found.set(key, parts)
    if (metricName === `${name}_sum`) parts.sum = value
    if (metricName !== `${name}_bucket`) continue
    parts.counts.push(value)
    if (le !== '+Inf') parts.bounds.push(Number(le))
  }
  return [...found.values()].map(({ labels, bounds, counts, sum }) =>
    describe({ name, help, type: 'histogram', buckets: bounds }, labels, identity, [
      counts,
      Number.isFinite(sum) ? sum : 0,
    ]),
  )
}

function describe(
  metric: BatchMetric,
  own: Readonly<Record<string, unknown>>,
  identity: Labels,
  level: OwnLevel,
): OwnSeries {
  const labels: Record<string, string> = {}
  // prom-client keeps values as they were given, numbers among them.
  for (const [label, value] of Object.entries(own)) labels[label] = String(value)
  Object.assign(labels, identity)
  return { key: JSON.stringify([metric.name, labels]), metric, labels, level }
}

function inJson(value: number): SampleValue {
  if (Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
