import { type MetricReading, type Subjects, sourceOfMetricsSubject } from '@tocsin/contract'
import { createMetricDecoder, type Delivery, pipeline, type Stages } from '@tocsin/runtime'
import type { Ingester } from '@tocsin/tsdb'

/**
 * The way of a metrics message into the head, the same as the collector's. What is malformed is only counted here:
 * the collector keeps the dead letters.
 */
export function readMetrics(
  ingester: Ingester,
  subjects: Subjects,
  hooks: {
    /** Before the message has any effect. */
    before(delivery: Delivery): void
    after(delivery: Delivery): void
  },
  /** What this publisher publishes is in the head already. */
  own: string,
): Stages {
  return pipeline(createMetricDecoder(), (reading: MetricReading, delivery: Delivery) => {
    hooks.before(delivery)
    for (const { reason, detail } of reading.faults) delivery.refusePart({ reason, detail })
    if (reading.batch?.dictionary?.publisher === own) {
      hooks.after(delivery)
      return
    }
    const context = {
      receivedAtMs: delivery.timeMs,
      source: sourceOfMetricsSubject(subjects, delivery.subject),
    }
    const { refused } = ingester.take(reading, context)
    for (const { reason, detail } of refused) delivery.refusePart({ reason, detail })
    hooks.after(delivery)
  })
}
