import { type AlertEvent, type WebhookAlert, ZERO_TIME } from '@tocsin/contract'
import { cutAnnotations } from '../outbox/cut-annotations.ts'

/** An alert as Alertmanager's webhook shows it. */
export function webhookAlertOf(event: AlertEvent): WebhookAlert {
  const resolved = event.state === 'resolved'
  return {
    status: resolved ? 'resolved' : 'firing',
    labels: { alertname: event.alertname, severity: event.severity, ...event.labels },
    annotations: cutAnnotations(event.annotations),
    startsAt: event.firedAt ?? event.activeAt,
    endsAt: resolved ? (event.resolvedAt ?? event.time) : ZERO_TIME,
    generatorURL: event.generatorURL ?? '',
    fingerprint: event.fingerprint,
  }
}
