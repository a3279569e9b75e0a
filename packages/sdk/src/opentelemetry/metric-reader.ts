import type {
  AggregationOption,
  AggregationTemporality,
  CollectionResult,
  IMetricReader,
  MetricProducer,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { type Clock, every } from '../clock.ts'
import { messageOf } from '../errors.ts'
import type { Warn } from '../warn.ts'

/** OpenTelemetry's numbers, so that its SDK need not be found from here: applications install it where they like. */
const DEFAULT_AGGREGATION = { type: 0 } as AggregationOption
const DELTA = 0 as AggregationTemporality
const CUMULATIVE = 1 as AggregationTemporality
const MOST_SERIES = 10_000

/** Collects the metrics of OpenTelemetry's SDK again and again, and gives them to `take`. */
export function createMetricReader(parts: {
  readonly take: (collected: ResourceMetrics) => void
  readonly intervalMs: number
  readonly clock: Clock
  readonly warn: Warn
  /** Stores what was collected, once more before. */
  readonly flush: () => Promise<void>
}): IMetricReader & { readonly collectNow: () => Promise<void> } {
  const { take, intervalMs, clock, warn, flush } = parts
  let producer: MetricProducer | undefined
  let cancel = () => {}

  async function collect(): Promise<CollectionResult> {
    if (producer === undefined) throw new Error('the metric reader has no meter provider yet')
    return await producer.collect()
  }

  async function collectNow(): Promise<void> {
    if (producer === undefined) return
    try {
      const { resourceMetrics, errors } = await collect()
      take(resourceMetrics)
      for (const error of errors)
        warn('otel collect', `an instrument could not be observed: ${messageOf(error)}`)
    } catch (error) {
      warn('otel', `the metrics of OpenTelemetry could not be collected: ${messageOf(error)}`)
    }
  }

  return {
    collectNow,
    collect,
    forceFlush: flush,
    setMetricProducer(given) {
      if (producer !== undefined) throw new Error('a metric reader serves one meter provider only')
      producer = given
      cancel = every(clock, intervalMs, () => void collectNow())
    },
    selectAggregation: () => DEFAULT_AGGREGATION,
    // A level that is observed is known only while it is: the SDK goes on with the last one of what is cumulative.
    selectAggregationTemporality: (instrument) => (instrument === 'OBSERVABLE_GAUGE' ? DELTA : CUMULATIVE),
    selectCardinalityLimit: () => MOST_SERIES,
    async shutdown() {
      cancel()
      await flush()
      producer = undefined
    },
  }
}
