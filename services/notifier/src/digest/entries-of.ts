import { type DigestEntry, type OutboxEvent, severityOf } from '@tocsin/contract'
import { cut } from '../render/cut.ts'
import { valueText } from '../render/present.ts'

/** A digest shows the beginning of a text: the rest of a long one would cost others their place. */
const LONGEST_TEXT = 2000
const LONGEST_FACT = 200
const MOST_FACTS = 20

/** What one notification adds to a digest: an entry for each alert, or for the message. */
export function entriesOf(event: OutboxEvent): readonly DigestEntry[] {
  switch (event.kind) {
    case 'digest':
      return event.entries
    case 'message': {
      const { id, time, severity, title, message, metadata } = event
      const entry = {
        id,
        time,
        severity,
        title,
        text: shortened(message),
        status: 'message',
        labels: {},
      } as const
      const facts = Object.entries(metadata).slice(0, MOST_FACTS)
      return [facts.length === 0 ? entry : { ...entry, metadata: Object.fromEntries(facts.map(shortFact)) }]
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
  return cut(text, LONGEST_TEXT)
}

/** A value that is no text stays what it is, unless it is long. */
function shortFact([name, value]: readonly [string, unknown]): readonly [string, unknown] {
  const text = valueText(value)
  return [cut(name, LONGEST_FACT), text.length <= LONGEST_FACT ? value : cut(text, LONGEST_FACT)]
}

/** In the contract's own form: Alertmanager's times have nanoseconds. */
function timeOf(text: string, otherwise: string): string {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? otherwise : new Date(ms).toISOString()
}
