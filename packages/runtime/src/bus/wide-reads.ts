import { createConnection, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
} from '@nats-io/transport-node'
import { NodeTransport, nodeResolveHost } from '@nats-io/transport-node/lib/node_transport.js'

/** Four times what Node reads at once by itself. More than this falls out of the processor's caches. */
const READ_BYTES = 256 * 1024

/**
 * Connects as the client's own `connect` does, with wider reads: a message that straddles two reads is put together
 * again byte by byte, and with messages of some 40 KB nearly every one straddles reads of 64 KiB.
 */
export function connectWithWideReads(options: ConnectionOptions): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new WideReadTransport(), dnsResolveFn: nodeResolveHost })
  return NatsConnectionImpl.connect(options)
}

class WideReadTransport extends NodeTransport {
  #isGathering = false

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
    const socket = createConnection({
      host: hostname,
      port,
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback(length, bytes) {
          // The buffer is read into again; who hears of it keeps what it is given.
          socket.emit('data', Buffer.from(bytes.subarray(0, length)))
          return true
        },
      },
    })
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
}
