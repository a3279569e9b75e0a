import { type DeliveryEvent, notifierMetrics } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'

export interface NotifierMetrics {
  /** One attempt, or the decision to make none. */
  attempt(entry: DeliveryEvent, endedMs: number): void
  /** One transition, request or webhook that was taken in. */
  taken(
    input: 'alerts' | 'notify' | 'alertmanager' | 'posted' | 'acknowledgement' | 'silence',
    action: string,
    reason: string,
  ): void
  digestSize(entries: number): void
  /** A digest was put on its way. */
  digest(name: string, reason: 'schedule' | 'size'): void
  /** A fallback receiver was told in place of a channel. */
  fellBack(channel: string, reason: string): void
  /** A notification was over its channel's limit. */
  limited(channel: string, by: string): void
  /** A dead letter is in its queue again. */
  replayed(reason: string): void
}

/** Of the configuration file. */
export interface PolicyMetrics {
  /** It was read, and holds. */
  loaded(nowMs: number): void
  refused(): void
}

export function createPolicyMetrics(metrics: Metrics): PolicyMetrics {
  const successful = metrics.gauge(notifierMetrics.configLastReloadSuccessful)
  const time = metrics.gauge(notifierMetrics.configLastReloadSuccessSeconds)
  return {
    loaded(nowMs) {
      successful.set(1)
      time.set(nowMs / 1000)
    },
    refused: () => successful.set(0),
  }
}

export function createNotifierMetrics(metrics: Metrics): NotifierMetrics {
  const attempts = metrics.counter(notifierMetrics.notificationsTotal)
  const latency = metrics.histogram(notifierMetrics.notificationLatencySeconds)
  const duration = metrics.histogram(notifierMetrics.notificationAttemptDurationSeconds)
  const taken = metrics.counter(notifierMetrics.notifierInputsTotal)
  const digest = metrics.gauge(notifierMetrics.digestEntries)
  const digests = metrics.counter(notifierMetrics.digestsTotal)
  const fallbacks = metrics.counter(notifierMetrics.notificationFallbacksTotal)
  const limited = metrics.counter(notifierMetrics.notificationsLimitedTotal)
  const replayed = metrics.counter(notifierMetrics.deadLettersReplayedTotal)
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
    digest: (name, reason) => digests.inc({ digest: name, reason }),
    fellBack: (channel, reason) => fallbacks.inc({ channel, reason }),
    limited: (channel, by) => limited.inc({ channel, by }),
    replayed: (reason) => replayed.inc({ reason }),
  }
}
