import type { OutboxEvent, WebhookBody } from '@tocsin/contract'
import { digestTitle } from './headline.ts'

/**
 * What the webhook channel posts: alerts in Alertmanager's format (version 4), the rest under `kind`. What comes to a
 * fallback receiver says for whom it was.
 */
export function webhookPayload(event: OutboxEvent): WebhookBody | Readonly<Record<string, unknown>> {
  const payload = payloadOf(event)
  return event.fallback ? { ...payload, fallback: event.fallback } : payload
}

function payloadOf(event: OutboxEvent): WebhookBody | Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case 'alerts':
      return {
        version: '4',
        groupKey: event.groupKey,
        truncatedAlerts: event.truncatedAlerts,
        status: event.status,
        receiver: event.receiver,
        groupLabels: event.groupLabels,
        commonLabels: event.commonLabels,
        commonAnnotations: event.commonAnnotations,
        externalURL: event.externalURL,
        alerts: event.alerts,
      }
    case 'message': {
      const { id, time, source, receiver, severity, title, message, metadata } = event
      return { kind: 'message', id, time, source, receiver, severity, title, message, metadata }
    }
    case 'digest': {
      const { id, time, source, receiver, severity, from, to, entries } = event
      return {
        kind: 'digest',
        id,
        time,
        source,
        receiver,
        severity,
        title: digestTitle(event),
        from,
        to,
        entries,
      }
    }
  }
}
