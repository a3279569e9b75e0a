import { type DigestEntry, type OutboxEvent, severityOf } from '@tocsin/contract'

/** What one notification adds to a digest: an entry for each alert, or for the message. */
export function entriesOf(event: OutboxEvent): readonly DigestEntry[] {
  switch (event.kind) {
    case 'digest':
      return event.entries
    case 'message': {
      const { id, time, severity, title, message: text } = event
      return [{ id, time, severity, title, text, status: 'message', labels: {} }]
    }
    case 'alerts':
      return event.alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => ({
        id: `${event.id}-${fingerprint}`,
        time: timeOf(status === 'resolved' ? endsAt : startsAt, event.time),
        severity: severityOf(labels),
        title: labels['alertname'] ?? 'Alert',
        text: annotations['summary'] ?? annotations['description'] ?? '',
        status,
        labels,
      }))
  }
}

/** In the contract's own form: Alertmanager's times have nanoseconds. */
function timeOf(text: string, otherwise: string): string {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? otherwise : new Date(ms).toISOString()
}
