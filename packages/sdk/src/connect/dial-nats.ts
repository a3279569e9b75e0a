import { readFile } from 'node:fs/promises'
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node'
import type { Configuration } from '../options.ts'

const NEVER_MS = 2 ** 31 - 1

/** One attempt to connect. The client's own reconnecting is off: it holds the process, and queues without bound. */
export async function dialNats({ nats, service }: Configuration): Promise<NatsConnection> {
  const { servers, user, pass, creds, inboxPrefix, tls } = nats
  const connection = await connect({
    servers: [...servers],
    name: `${service} (tocsin sdk)`,
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    reconnect: false,
    timeout: 5000,
    // Its timer would hold the process; keepConnected() pings instead.
    pingInterval: NEVER_MS,
    ...(user !== undefined && { user, pass }),
    ...(creds !== undefined && { authenticator: credsAuthenticator(await readFile(creds)) }),
    ...(tls !== undefined && { tls }),
  })
  letProcessEnd(connection)
  return connection
}

interface Unreferable {
  unref?(): void
}

/**
 * Takes the connection out of what keeps the process alive. The client has no option for it, so this reaches
 * inside; should a later version look otherwise, applications need `shutdown()` to end, and a test says so.
 */
function letProcessEnd(connection: NatsConnection): void {
  const { protocol } = connection as unknown as {
    protocol?: { transport?: { socket?: Unreferable }; heartbeats?: { timer?: Unreferable } }
  }
  protocol?.transport?.socket?.unref?.()
  protocol?.heartbeats?.timer?.unref?.()
}
