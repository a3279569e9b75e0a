import { createHash } from 'node:crypto'
import type { OutboxEvent } from '@tocsin/contract'

/** What an alert and its end have in common at a service that files them: the group, or the message itself. */
export function dedupKey(event: OutboxEvent): string {
  const of = event.kind === 'alerts' ? event.groupKey : event.id
  return createHash('sha256').update(of).digest('hex')
}
