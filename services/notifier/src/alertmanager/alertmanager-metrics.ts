import { alertmanagerMetrics as definitions } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'

/** What the notifier says of its Alertmanagers. */
export function createAlertmanagerMetrics(metrics: Metrics) {
  return {
    sent: metrics.counter(definitions.alertmanagerSentTotal),
    errors: metrics.counter(definitions.alertmanagerErrorsTotal),
    refused: metrics.counter(definitions.alertmanagerRefusedTotal),
    latency: metrics.histogram(definitions.alertmanagerLatencySeconds),
    queue: metrics.gauge(definitions.alertmanagerQueueLength),
    up: metrics.gauge(definitions.alertmanagerUp),
    fallback: metrics.gauge(definitions.alertmanagerFallbackActive),
    direct: metrics.counter(definitions.alertmanagerDirectTotal),
    withheld: metrics.counter(definitions.alertmanagerWithheldTotal),
  }
}
export type AlertmanagerMetrics = ReturnType<typeof createAlertmanagerMetrics>
