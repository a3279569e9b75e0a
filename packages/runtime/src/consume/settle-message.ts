import type { Msg } from '@nats-io/transport-node'
import type { Bus } from '../bus/connect-bus.ts'
import type { ConsumerRecord } from './consumer-metrics.ts'
import type { Disposition } from './decide-disposition.ts'
import type { HeldDelivery } from './delivery.ts'
import { type DeadLetterSource, writeDeadLetter } from './write-dead-letter.ts'

export interface SettleDeps {
  readonly bus: Bus
  readonly source: DeadLetterSource
  readonly record: ConsumerRecord
}

/**
 * Tells the server what was decided. What is refused, in part or as a whole, is first stored as a dead letter;
 * while that fails the message is not settled, and comes back.
 */
export async function settleMessage(
  { bus, source, record }: SettleDeps,
  message: Msg,
  delivery: HeldDelivery,
  decided: Disposition,
): Promise<Disposition> {
  // A message that comes back brings its refused parts back with it.
  const refusals = decided.action === 'nak' ? [] : [...delivery.refusals]
  if (decided.action === 'term') refusals.push(decided.refusal)
  try {
    for (const [part, refusal] of refusals.entries()) {
      await writeDeadLetter(bus, source, delivery, refusal, part)
      record.deadLetter(refusal.reason, true)
    }
  } catch {
    return reply(message, { action: 'nak', reason: 'dead_letter_failed', delayMs: 5000 })
  }
  return reply(message, decided)
}

function reply(message: Msg, disposition: Disposition): Disposition {
  message.respond(replyOf(disposition))
  return disposition
}

function replyOf(disposition: Disposition): string {
  switch (disposition.action) {
    case 'ack':
      return '+ACK'
    case 'term':
      return '+TERM'
    case 'nak':
      return `-NAK {"delay": ${Math.round(disposition.delayMs * 1e6)}}`
  }
}
