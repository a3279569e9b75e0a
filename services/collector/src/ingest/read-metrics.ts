import { collectorMetrics, type MetricReading, sourceOfMetricsSubject } from '@tocsin/contract'
import {
  type ConsumeDeps,
  consumeOrdered,
  createMetricDecoder,
  createThrottle,
  type Delivery,
  type OrderedConsumer,
  pipeline,
} from '@tocsin/runtime'
import type { Ingester } from '@tocsin/tsdb'
import { findRefused, keepRefused } from './refuse-events.ts'
import type { Metrics } from './restore-metrics.ts'

/** Reads the METRICS stream after a sequence into the head, and keeps what is refused as dead letters. */
export function readMetrics(
  deps: ConsumeDeps,
  { ingester, sequence }: Pick<Metrics, 'ingester' | 'sequence'>,
): Promise<OrderedConsumer> {
  return consumeOrdered(deps, {
    stream: 'METRICS',
    fromSequence: sequence + 1,
    deadLetters: true,
    stages: pipeline(createMetricDecoder(), createIngestStage(deps, ingester)),
  })
}

function createIngestStage({ bus, metrics, log, clock }: ConsumeDeps, ingester: Ingester) {
  const accepted = metrics.counter(collectorMetrics.metricEventsAcceptedTotal)
  const duplicates = metrics.counter(collectorMetrics.metricEventsDuplicateTotal)
  const undescribed = metrics.counter(collectorMetrics.metricEventsUndescribedTotal)
  const refusals = metrics.counter(collectorMetrics.metricEventsRefusedTotal)
  const throttle = createThrottle(clock)

  return (reading: MetricReading, delivery: Delivery): void => {
    const source = sourceOfMetricsSubject(bus.subjects, delivery.subject)
    const ingested = ingester.take(reading, { receivedAtMs: delivery.timeMs, source })
    accepted.inc(ingested.accepted)
    if (ingested.duplicates > 0) duplicates.inc(ingested.duplicates)
    if (ingested.undescribed > 0) {
      undescribed.inc(ingested.undescribed)
      if (throttle(source))
        log.info(
          { source },
          'samples refer to descriptions from before the stream begins; the next full snapshot has them again',
        )
    }
    const refused = findRefused(reading, ingested.refused)
    if (refused.length === 0) return
    for (const { reason } of refused) refusals.inc({ reason })
    keepRefused(delivery, reading, refused)
  }
}
