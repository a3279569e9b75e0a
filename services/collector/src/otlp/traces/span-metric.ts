import type { BatchMetric, MetricDefinition } from '@tocsin/contract'

/** A counter, a histogram, or both with the same labels: one label set of it is a series of each. */
export interface SpanMetric {
  /** The first one's name. */
  readonly name: string
  /** In the order of the values that are observed. */
  readonly labels: readonly string[]
  readonly counter: BatchMetric | undefined
  readonly histogram: BatchMetric | undefined
  readonly bounds: readonly number[]
}

/** What spans are counted and timed as. Both add up: the edge keeps no totals. */
export function spanMetric(
  definitions: readonly MetricDefinition<'counter' | 'histogram'>[],
  moreLabels: readonly string[] = [],
): SpanMetric {
  const counter = definitions.find(({ type }) => type === 'counter')
  const histogram = definitions.find(({ type }) => type === 'histogram')
  const { name = '', labels = [] } = definitions[0] ?? {}
  return {
    name,
    labels: [...labels, ...moreLabels],
    counter: counter && describe(counter),
    histogram: histogram && describe(histogram),
    bounds: histogram?.buckets ?? [],
  }
}

function describe({ name, type, help, unit, buckets }: MetricDefinition): BatchMetric {
  return {
    name,
    type,
    help,
    ...(unit === undefined ? {} : { unit }),
    ...(buckets === undefined ? {} : { buckets: [...buckets] }),
    temporality: 'delta',
  }
}
