import { type PubAck, PubHeaders } from '@nats-io/jetstream'
import { headers, type MsgHdrs, type NatsConnection, nuid } from '@nats-io/transport-node'
import { runtimeMetrics } from '@tocsin/contract'
import { backoffMs, type Clock, sleep } from '../clock.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import { injectTrace } from '../trace/propagate.ts'
import { toBusError } from './bus-error.ts'
import type { SendStored } from './send-stored.ts'
import { SentHeaders } from './sent-headers.ts'

/** Text and bytes go out as they are, anything else as JSON. */
export type Payload = string | Uint8Array | object

export interface PublishOptions {
  /** A repeated id within the stream's duplicate window is stored once. Without one, each call is its own message. */
  readonly msgId?: string
  readonly headers?: Readonly<Record<string, string>>
  /** How long to go on trying. Milliseconds. */
  readonly deadlineMs?: number
  /** Gives up early. */
  readonly signal?: AbortSignal
}

/** Where JetStream stored a message; `duplicate` when it had it already. */
export interface Published {
  readonly stream: string
  readonly sequence: number
  readonly duplicate: boolean
}

export interface PublishDeps {
  readonly nc: NatsConnection
  readonly send: SendStored
  readonly clock: Clock
  readonly metrics: Metrics
}

const ATTEMPT_MS = 5000
const DEADLINE_MS = 30_000

/** Makes the publisher that waits for JetStream's acknowledgement, and tries again while that may help. */
export function createPublish({ nc, send, clock, metrics }: PublishDeps) {
  const published = metrics.counter(runtimeMetrics.publishesTotal)
  return async (subject: string, payload: Payload, options: PublishOptions = {}): Promise<Published> => {
    const deadline = clock.now() + (options.deadlineMs ?? DEADLINE_MS)
    const body = bytesOf(payload)
    // An id of its own makes trying again safe: a first try that was stored after all counts as the same message.
    const msgID = options.msgId ?? nuid.next()
    for (let attempt = 0; ; attempt++) {
      const timeout = Math.max(100, Math.min(ATTEMPT_MS, deadline - clock.now()))
      try {
        const headers = new SentHeaders()
        for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value)
        injectTrace(headers)
        headers.set(PubHeaders.MsgIdHdr, msgID)
        assertFits(nc, subject, body, headers)
        const ack = await send(subject, body, { headers, timeoutMs: timeout })
        published.inc({ outcome: ack.duplicate ? 'duplicate' : 'stored' })
        return storedAt(ack)
      } catch (error) {
        const fault = toBusError(error, `publishing on ${subject}`)
        const wait = backoffMs(attempt, 50, 2000)
        const hopeless = !fault.retryable || clock.now() + wait >= deadline || options.signal?.aborted
        if (hopeless) {
          published.inc({ outcome: fault.code })
          throw fault
        }
        await sleep(clock, wait, options.signal)
      }
    }
  }
}

/** Headers with the present trace context in them. */
export function headersOf(given: Readonly<Record<string, string>> = {}): MsgHdrs {
  const all = headers()
  for (const [name, value] of Object.entries(given)) all.set(name, value)
  injectTrace(all)
  return all
}

export function encode(payload: Payload): string | Uint8Array {
  return typeof payload === 'string' || payload instanceof Uint8Array ? payload : JSON.stringify(payload)
}

function bytesOf(payload: Payload): Uint8Array {
  const encoded = encode(payload)
  return typeof encoded === 'string' ? Buffer.from(encoded) : encoded
}

function storedAt(ack: PubAck): Published {
  return { stream: ack.stream, sequence: ack.seq, duplicate: ack.duplicate }
}

/** The server closes the connection of a client that sends more than it takes: refuse that here. */
function assertFits(nc: NatsConnection, subject: string, body: Uint8Array, headers: SentHeaders): void {
  const most = nc.info?.max_payload
  const size = headers.byteLength + body.byteLength
  if (most !== undefined && size > most)
    throw new RangeError(`${subject}: ${size} bytes are over the server's max_payload of ${most}`)
}
