import { type DigestEntry, type OutboxEvent, severityOf } from '@tocsin/contract'

/** A digest shows the beginning of a text: the rest of a long one would cost others their place. */
const LONGEST_TEXT = 2000

/** What one notification adds to a digest: an entry for each alert, or for the message. */
export function entriesOf(event: OutboxEvent): readonly DigestEntry[] {
  switch (event.kind) {
    case 'digest':
      return event.entries
    case 'message': {
      const { id, time, severity, title, message } = event
      return [{ id, time, severity, title, text: shortened(message), status: 'message', labels: {} }]
    }
    case 'alerts':
      return event.alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => ({
        id: `${event.id}-${fingerprint}`,
        time: timeOf(status === 'resolved' ? endsAt : startsAt, event.time),
        severity: severityOf(labels),
        title: labels['alertname'] ?? 'Alert',
        text: shortened(annotations['summary'] ?? annotations['description'] ?? ''),
        status,
        labels,
      }))
  }
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`
}

/** In the contract's own form: Alertmanager's times have nanoseconds. */
function timeOf(text: string, otherwise: string): string {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? otherwise : new Date(ms).toISOString()
}
