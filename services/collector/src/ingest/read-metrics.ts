import {
  collectorMetrics,
  type ParsedMetricMessage,
  parseMetricMessage,
  sourceOfMetricsSubject,
} from '@tocsin/contract'
import {
  type ConsumeDeps,
  consumeOrdered,
  type Delivery,
  decodeJson,
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
    stages: pipeline(decodeJson, parseMetricMessage, createIngestStage(deps, ingester)),
  })
}

function createIngestStage({ bus, metrics }: ConsumeDeps, ingester: Ingester) {
  const accepted = metrics.counter(collectorMetrics.metricEventsAcceptedTotal)
  const duplicates = metrics.counter(collectorMetrics.metricEventsDuplicateTotal)
  const refusals = metrics.counter(collectorMetrics.metricEventsRefusedTotal)

  return (message: ParsedMetricMessage, delivery: Delivery): void => {
    const content = message.batch ?? message.events
    const source = sourceOfMetricsSubject(bus.subjects, delivery.subject)
    const ingested = ingester.ingest(content, { receivedAtMs: delivery.timeMs, source })
    const refused = findRefused(message, ingested.refused)
    accepted.inc(ingested.accepted)
    if (ingested.duplicates > 0) duplicates.inc(ingested.duplicates)
    if (refused.length === 0) return
    for (const { reason } of refused) refusals.inc({ reason })
    keepRefused(delivery, message, refused)
  }
}
