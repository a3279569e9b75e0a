import type { DeliveryEvent } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'

export interface NotifierMetrics {
  /** One attempt, or the decision to make none. */
  attempt(entry: DeliveryEvent, endedMs: number): void
  /** One transition, request or webhook that was taken in. */
  taken(input: 'alerts' | 'notify' | 'alertmanager', action: string, reason: string): void
  digestSize(entries: number): void
}

const latencyBuckets = [
  0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300, 900, 3600,
]

export function createNotifierMetrics(metrics: Metrics): NotifierMetrics {
  const attempts = metrics.counter(
    'tocsin_notifications_total',
    'Attempts to send, by what came of them and why.',
    ['channel', 'outcome', 'reason'],
  )
  const latency = metrics.histogram(
    'tocsin_notification_latency_seconds',
    'From the event to the moment the channel had taken its notification.',
    ['channel'],
    latencyBuckets,
  )
  const duration = metrics.histogram(
    'tocsin_notification_attempt_duration_seconds',
    'How long an attempt took.',
    ['channel'],
  )
  const taken = metrics.counter(
    'tocsin_notifier_inputs_total',
    'What came in, by what was decided and why.',
    ['input', 'action', 'reason'],
  )
  const digest = metrics.gauge('tocsin_digest_entries', 'Entries that wait for the next digest.')
  return {
    attempt({ channel, outcome, reason, stages, durationMs }, endedMs) {
      attempts.inc({ channel, outcome, reason })
      if (outcome === 'suppressed') return
      duration.observe({ channel }, durationMs / 1000)
      const event = stages.event === undefined ? Number.NaN : Date.parse(stages.event)
      if (outcome === 'delivered' && !Number.isNaN(event))
        latency.observe({ channel }, Math.max(0, endedMs - event) / 1000)
    },
    taken: (input, action, reason) => taken.inc({ input, action, reason }),
    digestSize: (entries) => digest.set(entries),
  }
}
