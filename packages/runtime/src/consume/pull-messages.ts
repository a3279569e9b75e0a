import { createInbox, type Msg, type NatsConnection, nanos } from '@nats-io/transport-node'
import type { Clock } from '../clock.ts'

/** A running pull of one consumer's messages. */
export interface Pull {
  /** One message that was given out is dealt with. */
  release(): void
  /** Asks for no more, and hands out no more. */
  stop(): void
  /** Why the pull came to an end: the caller makes sure of the consumer and pulls anew. */
  readonly lost: Promise<string>
}

export interface PullOptions {
  readonly nc: NatsConnection
  readonly clock: Clock
  readonly stream: string
  readonly consumer: string
  readonly inboxPrefix: string
  /** Most messages in hand at once. */
  readonly prefetch: number
  readonly onMessage: (message: Msg) => void
  /** Nothing more is in the stream for this consumer just now. */
  readonly onIdle: () => void
  readonly onReconnect: (fn: () => void) => () => void
}

const HEARTBEAT_MS = 2000
const EXPIRES_MS = 30_000
const LEAST_BYTES = 32 * 1024 * 1024

/**
 * Keeps one pull request waiting at the server, so that a message is delivered the moment it is stored.
 * One request at a time keeps the count of what is still to come exact; a batch bounds messages and bytes.
 * The client's own loop is not used: it waits up to 30 s after a server restart before it asks again.
 */
export function pullMessages(options: PullOptions): Pull {
  const { nc, clock, stream, consumer, prefetch } = options
  const inbox = createInbox(options.inboxPrefix)
  const ending = Promise.withResolvers<string>()
  let stopped = false
  let held = 0
  let requested = 0
  let left = 0
  let heard = true
  let cancelWatch = () => {}
  let cancelRetry = () => {}

  const subscription = nc.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (stopped) return
      heard = true
      if (error) lose(error.message)
      else if (message.subject.startsWith(inbox)) onStatus(message)
      else onStored(message)
    },
  })

  function onStored(message: Msg): void {
    left--
    held++
    options.onMessage(message)
    request()
  }

  function request(): void {
    if (stopped || left > 0 || held > prefetch / 2) return
    left = Math.max(1, prefetch - held)
    requested++
    const body = {
      batch: left,
      // A batch of large messages must not overrun the server's buffer for this connection; one always fits.
      max_bytes: Math.max(LEAST_BYTES, (nc.info?.max_payload ?? 0) + 65_536),
      expires: nanos(EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
    }
    try {
      nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(body), {
        reply: `${inbox}.${requested}`,
      })
    } catch (error) {
      lose(String(error))
    }
  }

  /** A message without a body from the server itself: how a request fares. */
  function onStatus(message: Msg): void {
    const { code, description } = message.headers ?? { code: 0, description: '' }
    if (code === 100) options.onIdle()
    else if (code === 503) lose('the consumer does not answer')
    else if (code === 409 && /deleted|shutdown|leadership|push based/i.test(description)) lose(description)
    else if (message.subject === `${inbox}.${requested}`) askAgain(code, description)
  }

  /** The request has ended before it was filled. */
  function askAgain(code: number, description: string): void {
    left = 0
    // Timeouts and spent byte budgets end a request in the ordinary way; anything else is asked again gently.
    const ordinary = code === 408 || code === 404 || /maxbytes|batch completed/i.test(description)
    if (ordinary) request()
    else cancelRetry = clock.setTimeout(request, 250)
  }

  /** Idle heartbeats come every 2 s; two missed ones mean that the request, the consumer or the server is gone. */
  function watch(): void {
    cancelWatch = clock.setTimeout(() => {
      const silent = !heard && left > 0
      heard = false
      // A blocked event loop delays heartbeats too: what has arrived meanwhile is read first.
      if (silent) setImmediate(() => (heard ? watch() : lose('no heartbeat')))
      else watch()
    }, HEARTBEAT_MS * 2.5)
  }

  function lose(reason: string): void {
    if (stopped) return
    end()
    ending.resolve(reason)
  }

  function end(): void {
    stopped = true
    cancelWatch()
    cancelRetry()
    unfollow()
    if (!nc.isClosed()) subscription.unsubscribe()
  }

  // What was asked of the server before it went away is forgotten there.
  const unfollow = options.onReconnect(() => lose('reconnected'))
  void nc.closed().then(() => lose('closed'))
  watch()
  request()

  return {
    release() {
      held--
      request()
    },
    stop: () => {
      if (stopped) return
      end()
      ending.resolve('stopped')
    },
    lost: ending.promise,
  }
}
