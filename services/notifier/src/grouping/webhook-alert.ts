import { type AlertEvent, type WebhookAlert, ZERO_TIME } from '@tocsin/contract'
import { cutAnnotations } from '../outbox/cut-annotations.ts'

/** An alert as Alertmanager's webhook shows it. */
export function webhookAlertOf(event: AlertEvent): WebhookAlert {
  const resolved = event.state === 'resolved'
  return {
    status: resolved ? 'resolved' : 'firing',
    // What was posted is told as it was posted.
    labels:
      event.origin === 'posted'
        ? event.labels
        : { alertname: event.alertname, severity: event.severity, ...event.labels },
    annotations: cutAnnotations(event.annotations),
    startsAt: event.firedAt ?? event.activeAt,
    endsAt: resolved ? (event.resolvedAt ?? event.time) : ZERO_TIME,
    generatorURL: event.generatorURL ?? '',
    fingerprint: event.fingerprint,
  }
}
