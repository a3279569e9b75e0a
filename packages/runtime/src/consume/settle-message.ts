import type { Bus } from '../bus/connect-bus.ts'
import type { ConsumerRecord } from './consumer-metrics.ts'
import type { Disposition } from './decide-disposition.ts'
import type { HeldDelivery } from './delivery.ts'
import { type DeadLetterSource, writeDeadLetter } from './write-dead-letter.ts'

export interface KeepDeps {
  readonly bus: Bus
  readonly source: DeadLetterSource
  readonly record: ConsumerRecord
}

/**
 * Stores what is refused, in part or as a whole, before the message may be settled.
 * While that fails the message is not settled, and comes back.
 */
export async function keepRefusals(
  { bus, source, record }: KeepDeps,
  delivery: HeldDelivery,
  decided: Disposition,
): Promise<Disposition> {
  // A message that comes back brings its refused parts back with it.
  const refusals = decided.action === 'nak' ? [] : [...delivery.refusals]
  if (decided.action === 'term') refusals.push(decided.refusal)
  try {
    for (const [part, refusal] of record.keepable(refusals).entries()) {
      await writeDeadLetter(bus, source, delivery, refusal, part)
      record.deadLetter(refusal.reason, true)
    }
    return decided
  } catch {
    return { action: 'nak', reason: 'dead_letter_failed', delayMs: 5000 }
  }
}

/** What JetStream is told. */
export function replyOf(disposition: Disposition): string {
  switch (disposition.action) {
    case 'ack':
      return '+ACK'
    case 'term':
      return '+TERM'
    case 'nak':
      return `-NAK {"delay": ${Math.round(disposition.delayMs * 1e6)}}`
  }
}
