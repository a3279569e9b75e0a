import { readFileSync } from 'node:fs'
import { connect, credsAuthenticator } from '@nats-io/transport-node'
import { probeHttp, probeRedis } from '@tocsin/servers'
import { messageOf } from '../errors.ts'

export interface NatsLogin {
  readonly NATS_USER?: string | undefined
  readonly NATS_PASS?: string | undefined
  readonly NATS_CREDS?: string | undefined
}

/** Connects once with the environment's login, and asks whether JetStream is on. Throws with the reason when it is not usable. */
async function probeNatsUrl(url: string, login: NatsLogin): Promise<void> {
  const { NATS_USER: user, NATS_PASS: pass, NATS_CREDS: creds } = login
  const connection = await connect({
    servers: url.split(',').map((server) => server.trim()),
    timeout: 2000,
    reconnect: false,
    maxReconnectAttempts: 0,
    ...(user === undefined ? {} : { user, pass }),
    ...(creds === undefined ? {} : { authenticator: credsAuthenticator(readFileSync(creds)) }),
  })
  try {
    const reply = await connection.request('$JS.API.INFO', '', { timeout: 2000 })
    if (reply.json<{ error?: unknown }>().error) throw new Error('JetStream is not enabled')
  } finally {
    await connection.close()
  }
}

/** Why what answers at this URL is not ready, or undefined when it is. */
export async function whyNotReady(url: string, login: NatsLogin): Promise<string | undefined> {
  try {
    if (/^https?:/.test(url)) await probeHttp(url)
    else if (/^rediss?:/.test(url)) await probeRedis(url)
    else await probeNatsUrl(url, login)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
