import { createConnection, type OnReadOpts, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
  TE,
} from '@nats-io/transport-node'
import { NodeTransport, nodeResolveHost } from '@nats-io/transport-node/lib/node_transport.js'
import { FrameEnds } from './frame-ends.ts'
import { lend, reclaim } from './lent-buffers.ts'

/** Four times what Node reads at once by itself. More than this falls out of the processor's caches. */
const READ_BYTES = 256 * 1024
/** Less than this is copied: a buffer is not held for a few small messages that are kept. */
const LEAST_LENT_BYTES = READ_BYTES / 2
/** Buffers that wait to be read into; one is enough where messages are handled as they come. */
const MOST_FREE = 2
/** How long what is read may be handled before others get their turn; more waits at the server. Milliseconds. */
const TURN_MS = 8

/**
 * Connects as the client's own `connect` does, with wider reads. Each is passed on up to the end of its last whole
 * message: a message that straddles two of them is put together byte by byte by the client. A buffer all of whose
 * messages were handed back is read into again: new ones, 256 KiB each outside the heap, make V8 collect all the time.
 */
export function connectWithWideReads(options: ConnectionOptions): Promise<NatsConnection> {
  // The client's encoder makes a piece of memory outside the heap for every line; Node's pool holds hundreds in one.
  TE.encode = (text = '') => Buffer.from(text)
  setTransportFactory({ factory: () => new WideReadTransport(), dnsResolveFn: nodeResolveHost })
  return NatsConnectionImpl.connect(options)
}

class WideReadTransport extends NodeTransport {
  #isGathering = false
  readonly #free: Buffer[] = []

  /** What is sent within one turn of the event loop leaves in one write: the client flushes after every callback. */
  override send(frame: Uint8Array): void {
    const { socket } = this
    if (socket && !this.#isGathering) {
      this.#isGathering = true
      socket.cork()
      setImmediate(() => {
        this.#isGathering = false
        socket.uncork()
      })
    }
    super.send(frame)
  }

  override dial({ hostname, port }: { hostname: string; port: number }): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>()
    const socket: Socket = createConnection({ host: hostname, port, onread: this.#reads(() => socket) })
    let trouble: Error | undefined
    socket.once('connect', () => {
      socket.removeAllListeners()
      resolve(socket)
    })
    socket.on('error', (error) => {
      trouble = error
    })
    socket.on('close', () => {
      socket.removeAllListeners()
      reject(trouble ?? new Error('the connection was closed'))
    })
    socket.setNoDelay(true)
    return promise
  }

  /** The client asks for the next chunk when it has parsed this one, and handed its messages to who they are for. */
  override async *iterate(): AsyncIterableIterator<Uint8Array> {
    for await (const chunk of super.iterate()) {
      yield chunk
      const returned = reclaim(chunk)
      if (returned && this.#free.length < MOST_FREE) this.#free.push(returned)
    }
  }

  #reads(socketOf: () => Socket): OnReadOpts {
    const frames = new FrameEnds()
    let buffer: Buffer = Buffer.allocUnsafeSlow(READ_BYTES)
    /** The beginning of the next frame, which stands at the beginning of the buffer. */
    let begun = 0
    let turnBegan: number | undefined
    let isPaused = false

    /** What is whole of the first bytes of the buffer, to be kept by who gets it; the rest goes to the front. */
    const take = (filled: number): Buffer => {
      const end = frames.end(buffer, filled)
      begun = filled - end
      const whole = buffer.subarray(0, end)
      if (end < LEAST_LENT_BYTES || frames.isBroken) {
        const copy = Buffer.from(whole)
        if (end > 0) buffer.copyWithin(0, end, filled)
        return copy
      }
      const next = this.#free.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES)
      buffer.copy(next, 0, end, filled)
      lend(buffer, frames.messages)
      buffer = next
      return whole
    }
    const endTurn = (): void => {
      turnBegan = undefined
      if (!isPaused) return
      isPaused = false
      socketOf().resume()
    }
    const isTurnOver = (): boolean => {
      if (turnBegan === undefined) {
        turnBegan = performance.now()
        setImmediate(endTurn)
      }
      return performance.now() - turnBegan > TURN_MS
    }

    return {
      buffer: () => buffer.subarray(begun),
      callback(length) {
        const whole = take(begun + length)
        if (whole.length > 0) socketOf().emit('data', whole)
        isPaused = isTurnOver()
        return !isPaused
      },
    }
  }
}
