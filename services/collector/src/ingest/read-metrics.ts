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
import type { Head, Ingester } from '@tocsin/tsdb'
import type { CollectorEnv } from '../env.ts'
import { createLetterBudget } from './letter-budget.ts'
import { createLimitAdvice, isLimit } from './limit-advice.ts'
import { findRefused, keepRefused, nameOf, type RefusalPolicy } from './refuse-events.ts'
import type { Metrics } from './restore-metrics.ts'

/** Reads the METRICS stream after a sequence into the head, and keeps what is refused as dead letters. */
export function readMetrics(
  deps: ConsumeDeps & { readonly env: CollectorEnv },
  { head, ingester, sequence }: Metrics,
): Promise<OrderedConsumer> {
  return consumeOrdered(deps, {
    stream: 'METRICS',
    fromSequence: sequence + 1,
    deadLetters: true,
    keepsNoBytes: true,
    stages: pipeline(
      createMetricDecoder(),
      createIngestStage(deps, ingester, createPolicies(head, deps.env)),
    ),
  })
}

/** What is told of refusals: a limit that is full has the same to say of every series, so that letters are bounded. */
function createPolicies(head: Head, env: CollectorEnv) {
  const advise = createLimitAdvice(head, env)
  const hasLetters = createLetterBudget()
  return (source: string, atMs: number): RefusalPolicy => ({
    detailOf: (refused) =>
      isLimit(refused.reason)
        ? advise({ reason: refused.reason, metric: nameOf(refused), source }, atMs)
        : refused.detail,
    isKept: (reason) => !isLimit(reason) || hasLetters(source, reason, atMs),
  })
}

function createIngestStage(
  { bus, metrics, log, clock }: ConsumeDeps,
  ingester: Ingester,
  policyOf: (source: string, atMs: number) => RefusalPolicy,
) {
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
    keepRefused(delivery, reading, refused, policyOf(source, delivery.timeMs))
  }
}
