import { readFileSync } from 'node:fs'
import { connect, credsAuthenticator } from '@nats-io/transport-node'
import { probeRedis, probeService } from '@tocsin/servers'
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

/** How it is with what answers at a URL: ready; ready, with something amiss that does not keep it from its work; or not ready. */
export type Condition =
  | { readonly state: 'ready' }
  | { readonly state: 'degraded' | 'not ready'; readonly reasons: string }

async function whyDegraded(url: string, login: NatsLogin): Promise<string | undefined> {
  if (/^https?:/.test(url)) return probeService(url)
  await (/^rediss?:/.test(url) ? probeRedis(url) : probeNatsUrl(url, login))
  return undefined
}

/** Asks what answers at this URL how it is. */
export async function conditionOf(url: string, login: NatsLogin): Promise<Condition> {
  try {
    const reasons = await whyDegraded(url, login)
    return reasons === undefined ? { state: 'ready' } : { state: 'degraded', reasons }
  } catch (error) {
    return { state: 'not ready', reasons: messageOf(error) }
  }
}

/** Why what answers at this URL is not ready, or undefined when it is. */
export async function whyNotReady(url: string, login: NatsLogin): Promise<string | undefined> {
  const condition = await conditionOf(url, login)
  return condition.state === 'not ready' ? condition.reasons : undefined
}
