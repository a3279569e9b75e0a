import { deadLetterHeaders as h } from '@tocsin/contract'
import type { Bus } from '../bus/connect-bus.ts'
import type { HeldDelivery, Refusal } from './delivery.ts'

export interface DeadLetterSource {
  readonly service: string
  readonly stream: string
  /** Tells one making of the stream from the next, whose sequences begin anew. */
  readonly incarnation: string
}

const DETAIL_BYTES = 1024
const FOREIGN_HEADER_BYTES = 8192
/** What the protocol line and the headers' own framing may take. */
const FRAME_BYTES = 1024

const encoder = new TextEncoder()

/**
 * Copies a refused message, or the refused part of it, to the dead-letter stream, and waits until it is stored.
 * The copy's id names stream, message, reason and part: a second try is the same letter.
 * A body that does not fit into a message is cut, and the letter says so.
 */
export async function writeDeadLetter(
  bus: Bus,
  source: DeadLetterSource,
  delivery: HeldDelivery,
  refusal: Refusal,
  part: number,
  signal?: AbortSignal,
): Promise<void> {
  const headers: Record<string, string> = {
    ...foreignHeaders(delivery),
    [h.reason]: refusal.reason,
    [h.detail]: oneLine(refusal.detail),
    [h.subject]: delivery.subject,
    [h.stream]: source.stream,
    [h.sequence]: String(delivery.sequence),
    [h.time]: new Date(delivery.timeMs).toISOString(),
    [h.service]: source.service,
  }
  const whole =
    typeof refusal.body === 'string' ? encoder.encode(refusal.body) : (refusal.body ?? delivery.data)
  const room = (bus.nc.info?.max_payload ?? 1024 * 1024) - sizeOf(headers) - FRAME_BYTES
  const body = whole.byteLength > room ? whole.subarray(0, Math.max(0, room)) : whole
  if (body !== whole) headers[h.cut] = `${body.byteLength}/${whole.byteLength}`
  await bus.publish(bus.subjects.deadLetter(source.service, refusal.reason), body, {
    headers,
    deadlineMs: 10_000,
    ...(signal ? { signal } : {}),
    msgId: `${source.stream}@${source.incarnation}:${nameOf(delivery)}:${refusal.reason}:${part}`,
  })
}

/**
 * The id that its publisher gave it, which it keeps when a work queue is put in order again; its sequence does not. So a
 * crash between a letter and its message's end makes no second letter.
 */
function nameOf(delivery: HeldDelivery): string {
  return delivery.header('Nats-Msg-Id')?.replace(/-requeued-\d+$/, '') ?? String(delivery.sequence)
}

/** The message's own headers, without those that would mean something to NATS again. */
function foreignHeaders({ headers }: HeldDelivery): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of headers?.keys() ?? []) {
    if (/^(Nats-|Tocsin-)/i.test(name)) continue
    kept[name] = headers?.values(name).join(', ') ?? ''
  }
  return sizeOf(kept) > FOREIGN_HEADER_BYTES ? {} : kept
}

function sizeOf(headers: Readonly<Record<string, string>>): number {
  let bytes = 0
  for (const [name, value] of Object.entries(headers))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 4
  return bytes
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, DETAIL_BYTES)
}
