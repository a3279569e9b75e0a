import { JetStreamApiError, type JetStreamClient, type PubAck } from '@nats-io/jetstream'
import {
  createInbox,
  errors,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  headers as newHeaders,
} from '@nats-io/transport-node'
import { BusError } from './bus-error.ts'
import type { SentHeaders } from './sent-headers.ts'

/**
 * Sends a message to JetStream; resolves with where it is stored. What is sent within one turn of the event loop leaves
 * in one piece. Rejects with what the client throws, or a {@link BusError} when the connection broke in between.
 */
export type SendStored = (
  subject: string,
  body: Uint8Array,
  options: { readonly headers: MsgHdrs | SentHeaders; readonly timeoutMs: number },
) => Promise<PubAck>

export interface SendStoredDeps {
  readonly nc: NatsConnection
  readonly inboxPrefix: string | undefined
  readonly onReconnect: (fn: () => void) => () => void
}

interface Waiting {
  readonly subject: string
  readonly body: Uint8Array
  readonly headers: MsgHdrs | SentHeaders
  readonly deadlineMs: number
  readonly resolve: (ack: PubAck) => void
  readonly reject: (reason: unknown) => void
}

const SWEEP_MS = 250
/** The client's own. */
const TIMEOUT_MS = 5000

/**
 * Makes the sender, with one subscription for all answers. The client's own requests each make a timer and an error with
 * its stack before anything has gone wrong, and a write of their own: with thousands a second that is most of the work.
 */
export function createSendStored({ nc, inboxPrefix, onReconnect }: SendStoredDeps): SendStored {
  const inbox = createInbox(inboxPrefix)
  const waiting = new Map<string, Waiting>()
  let leaving: [token: string, one: Waiting][] = []
  let tokens = 0
  let isSweeping = false

  nc.subscribe(`${inbox}.*`, {
    callback(error, message) {
      if (error) {
        rejectAll(() => error)
        return
      }
      const token = message.subject.slice(inbox.length + 1)
      const one = waiting.get(token)
      if (!one) return
      waiting.delete(token)
      answer(one, message)
    },
  })
  onReconnect(() =>
    rejectAll(
      ({ subject }) =>
        new BusError('unavailable', `publishing on ${subject}: the connection broke`, { retryable: true }),
    ),
  )
  void followErrors()

  /** What this user may not publish is never answered. */
  async function followErrors(): Promise<void> {
    for await (const status of nc.status()) {
      if (status.type !== 'error' || !(status.error instanceof errors.PermissionViolationError)) continue
      const { operation, subject } = status.error
      if (operation === 'publish') rejectAll(() => status.error, subject)
    }
  }

  function rejectAll(reasonOf: (one: Waiting) => Error, subject?: string): void {
    for (const [token, one] of waiting) {
      if (subject !== undefined && one.subject !== subject) continue
      waiting.delete(token)
      one.reject(reasonOf(one))
    }
  }

  function leave(): void {
    const all = leaving
    leaving = []
    for (const [token, one] of all) {
      const { subject, body, headers } = one
      try {
        nc.publish(subject, body, { reply: `${inbox}.${token}`, headers: headers as unknown as MsgHdrs })
      } catch (error) {
        waiting.delete(token)
        one.reject(error)
      }
    }
  }

  /** All that waited too long, in steps: an answer that never comes need not be missed to the millisecond. */
  function sweep(): void {
    const now = performance.now()
    for (const [token, one] of waiting) {
      if (one.deadlineMs > now) continue
      waiting.delete(token)
      one.reject(new errors.TimeoutError())
    }
    isSweeping = waiting.size > 0
    if (isSweeping) setTimeout(sweep, SWEEP_MS)
  }

  return (subject, body, { headers, timeoutMs }) =>
    new Promise((resolve, reject) => {
      const token = (tokens++).toString(36)
      const one = { subject, body, headers, deadlineMs: performance.now() + timeoutMs, resolve, reject }
      waiting.set(token, one)
      if (leaving.push([token, one]) === 1) setImmediate(leave)
      if (isSweeping) return
      isSweeping = true
      setTimeout(sweep, SWEEP_MS)
    })
}

/** A client of JetStream whose publishing is this sender's, where it asks for nothing but headers: so do buckets. */
export function sendingBy(js: JetStreamClient, send: SendStored): JetStreamClient {
  const publish: JetStreamClient['publish'] = (subject, payload = new Uint8Array(0), options = {}) => {
    const { headers = newHeaders(), timeout = TIMEOUT_MS, ...more } = options
    if (Object.values(more).some((value) => value !== undefined)) return js.publish(subject, payload, options)
    const body = typeof payload === 'string' ? Buffer.from(payload) : payload
    return send(subject, body, { headers, timeoutMs: timeout })
  }
  return Object.create(js, { publish: { value: publish } }) as JetStreamClient
}

function answer({ subject, resolve, reject }: Waiting, message: Msg): void {
  try {
    resolve(ackOf(message, subject))
  } catch (error) {
    reject(error)
  }
}

function ackOf(message: Msg, subject: string): PubAck {
  if (message.headers?.code === 503 && message.data.length === 0) throw new errors.NoRespondersError(subject)
  const ack = message.json<PubAck & { error?: ConstructorParameters<typeof JetStreamApiError>[0] }>()
  if (ack.error) throw new JetStreamApiError(ack.error)
  return { ...ack, duplicate: ack.duplicate ?? false }
}
