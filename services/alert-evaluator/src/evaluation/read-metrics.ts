import { parseMetricMessage, type Subjects, sourceOfMetricsSubject } from '@tocsin/contract'
import { type Delivery, decodeJson, pipeline, type Stages } from '@tocsin/runtime'
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
): Stages {
  return pipeline(decodeJson, (json: unknown, delivery: Delivery) => {
    hooks.before(delivery)
    const { events, batch, faults } = parseMetricMessage(json)
    for (const { reason, detail } of faults) delivery.refusePart({ reason, detail })
    const context = {
      receivedAtMs: delivery.timeMs,
      source: sourceOfMetricsSubject(subjects, delivery.subject),
    }
    const { refused } = ingester.ingest(batch ?? events, context)
    for (const { reason, detail } of refused) delivery.refusePart({ reason, detail })
    hooks.after(delivery)
  })
}
