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
  /**
   * Requests that wait at the server at once. A second one is made when the first is half filled, so that the server
   * has always something to send. Servers before 2.10 may deliver twice what is to be acknowledged when there is more
   * than one.
   */
  readonly requests: 1 | 2
  readonly onMessage: (message: Msg) => void
  /** Nothing more is in the stream for this consumer just now. */
  readonly onIdle: () => void
  readonly onReconnect: (fn: () => void) => () => void
}

const HEARTBEAT_MS = 2000
const EXPIRES_MS = 30_000
const MOST_BYTES = 32 * 1024 * 1024

/** One request after the other, on a subject of their own, so that it is known exactly what one still brings. */
interface Asker {
  readonly inbox: string
  /** Which request waits; earlier ones have ended. */
  requested: number
  /** Messages that it may still bring. */
  left: number
  /** At so many it is half filled. */
  halfLeft: number
  /** Bytes that it may still bring, more or less. */
  bytesLeft: number
}

/**
 * Keeps a pull request waiting at the server, so that a message is delivered the moment it is stored. A request
 * bounds messages and bytes.
 * The client's own loop is not used: it waits up to 30 s after a server restart before it asks again.
 */
export function pullMessages(options: PullOptions): Pull {
  const { nc, clock, stream, consumer, prefetch } = options
  const inbox = createInbox(options.inboxPrefix)
  const ending = Promise.withResolvers<string>()
  let stopped = false
  let held = 0
  let heard = true
  let cancelWatch = () => {}
  let cancelRetry = () => {}

  const askers = Array.from(
    { length: options.requests },
    (_, i): Asker => ({
      inbox: `${inbox}.${i}`,
      requested: 0,
      left: 0,
      halfLeft: 0,
      bytesLeft: 0,
    }),
  )
  const subscriptions = askers.map((asker) =>
    nc.subscribe(`${asker.inbox}.*`, {
      callback: (error, message) => {
        if (stopped) return
        heard = true
        if (error) lose(error.message)
        else if (message.subject.startsWith(inbox)) onStatus(asker, message)
        else onStored(asker, message)
      },
    }),
  )

  function onStored(asker: Asker, message: Msg): void {
    asker.left--
    asker.bytesLeft -= message.data.byteLength
    held++
    options.onMessage(message)
    request()
  }

  const isHalfFilled = ({ left, halfLeft, bytesLeft }: Asker): boolean =>
    left <= halfLeft || bytesLeft <= mostBytes() / 2

  // Batches of large messages must not overrun the server's buffer for this connection; one message always fits.
  const mostBytes = (): number =>
    Math.max(MOST_BYTES / options.requests, (nc.info?.max_payload ?? 0) + 65_536)

  function request(): void {
    if (stopped || held > prefetch / 2) return
    const next = askers.find(({ left }) => left <= 0)
    if (next && askers.every(isHalfFilled)) ask(next)
  }

  function ask(asker: Asker): void {
    asker.left = Math.max(1, prefetch - held)
    asker.halfLeft = Math.floor(asker.left / 2)
    asker.bytesLeft = mostBytes()
    asker.requested++
    const body = {
      batch: asker.left,
      max_bytes: asker.bytesLeft,
      expires: nanos(EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
    }
    try {
      nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(body), {
        reply: `${asker.inbox}.${asker.requested}`,
      })
    } catch (error) {
      lose(String(error))
    }
  }

  /** A message without a body from the server itself: how a request fares. */
  function onStatus(asker: Asker, message: Msg): void {
    const { code, description } = message.headers ?? { code: 0, description: '' }
    if (code === 100) options.onIdle()
    else if (code === 503) lose('the consumer does not answer')
    else if (code === 409 && /deleted|shutdown|leadership|push based/i.test(description)) lose(description)
    else if (message.subject === `${asker.inbox}.${asker.requested}`) askAgain(asker, code, description)
  }

  /** The request has ended before it was filled. */
  function askAgain(asker: Asker, code: number, description: string): void {
    asker.left = 0
    // Timeouts and spent byte budgets end a request in the ordinary way; anything else is asked again gently.
    const ordinary = code === 408 || code === 404 || /maxbytes|batch completed/i.test(description)
    if (ordinary) request()
    else cancelRetry = clock.setTimeout(request, 250)
  }

  /** Idle heartbeats come every 2 s; two missed ones mean that the request, the consumer or the server is gone. */
  function watch(): void {
    cancelWatch = clock.setTimeout(() => {
      const silent = !heard && askers.some(({ left }) => left > 0)
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
    if (!nc.isClosed()) for (const subscription of subscriptions) subscription.unsubscribe()
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
