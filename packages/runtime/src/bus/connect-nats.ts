import { readFile } from 'node:fs/promises'
import {
  type ConnectionOptions,
  credsAuthenticator,
  errors,
  type NatsConnection,
} from '@nats-io/transport-node'
import { runtimeMetrics } from '@tocsin/contract'
import { backoffMs, type Clock, sleep } from '../clock.ts'
import { messageOf } from '../coded-error.ts'
import type { BaseEnv } from '../env/base-env.ts'
import { redactUrls } from '../env/redact.ts'
import type { Log } from '../log/create-log.ts'
import { createThrottle } from '../log/throttle.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import { BusError } from './bus-error.ts'
import { connectWithWideReads } from './wide-reads.ts'

export type NatsEnv = Pick<BaseEnv, 'NATS_URL' | 'NATS_USER' | 'NATS_PASS' | 'NATS_CREDS'> &
  Partial<Pick<BaseEnv, 'NATS_INBOX_PREFIX'>>

export interface ConnectNatsOptions {
  readonly env: NatsEnv
  /** How this client is called in NATS' own lists. */
  readonly name: string
  readonly log: Log
  readonly clock: Clock
  readonly metrics: Metrics
  /** Gives up the first connection. */
  readonly signal?: AbortSignal
  /** Told why there is no connection, or undefined once there is. */
  readonly onState?: (trouble: string | undefined) => void
}

/**
 * Connects, and keeps reconnecting for ever, first connection included. Logs once per change.
 * @throws {BusError} `closed` when the signal aborts first.
 */
export async function connectNats(options: ConnectNatsOptions): Promise<NatsConnection> {
  const { log, clock, signal, onState } = options
  const servers = options.env.NATS_URL.map(redactUrls).join(', ')
  let said = ''
  for (let attempt = 0; !signal?.aborted; attempt++) {
    try {
      const nc = await connectWithWideReads(await connectionOptions(options))
      watchStatus(nc, options)
      log.info({ server: nc.getServer(), version: nc.info?.version }, 'connected to NATS')
      onState?.(undefined)
      return nc
    } catch (error) {
      const trouble = describe(error, servers)
      onState?.(trouble)
      if (trouble !== said) log.warn(`${trouble}; trying again until it works`)
      said = trouble
      await sleep(clock, backoffMs(attempt, 100, 2000), signal)
    }
  }
  throw new BusError('closed', `stopped before NATS at ${servers} could be reached`)
}

async function connectionOptions({ env, name }: ConnectNatsOptions): Promise<ConnectionOptions> {
  const inUrl = env.NATS_URL.map((url) => URL.parse(url)).find((url) => url?.username)
  const user = env.NATS_USER ?? (inUrl ? decodeURIComponent(inUrl.username) : undefined)
  const pass = env.NATS_PASS ?? (inUrl ? decodeURIComponent(inUrl.password) : undefined)
  return {
    servers: env.NATS_URL.map((url) => url.replace(/\/\/[^@/]*@/, '//')),
    name,
    ...(user === undefined ? {} : { user }),
    ...(pass === undefined ? {} : { pass }),
    ...(env.NATS_CREDS ? { authenticator: credsAuthenticator(await readCreds(env.NATS_CREDS)) } : {}),
    inboxPrefix: env.NATS_INBOX_PREFIX,
    timeout: 5000,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => backoffMs(3, 50, 1000),
    pingInterval: 10_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  }
}

class CredsError extends Error {}

/** Not read once at the start: a secret may be mounted late, and is changed by whoever renews it. */
function readCreds(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw new CredsError(
      `cannot read the credentials of NATS (${messageOf(error)}): is NATS_CREDS right, and the file readable?`,
    )
  })
}

function describe(error: unknown, servers: string): string {
  if (error instanceof CredsError) return error.message
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError)
    return `NATS at ${servers} refuses the login: check NATS_USER and NATS_PASS, or NATS_CREDS`
  return `cannot reach NATS at ${servers} (${redactUrls(messageOf(error)) || 'no answer'}): is NATS_URL right, and nats-server running?`
}

function watchStatus(nc: NatsConnection, { log, clock, metrics, onState }: ConnectNatsOptions): void {
  const throttle = createThrottle(clock)
  const connected = metrics.gauge(runtimeMetrics.natsConnected)
  const reconnects = metrics.counter(runtimeMetrics.natsReconnectsTotal)
  connected.set(1)
  let up = true
  const down = (trouble: string) => {
    connected.set(0)
    if (up) log.warn(`${trouble}; reconnecting until it works`)
    up = false
    onState?.(trouble)
  }
  const listen = async () => {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect') down(`lost NATS at ${status.server}`)
      else if (status.type === 'reconnect') {
        up = true
        connected.set(1)
        reconnects.inc()
        log.info({ server: status.server }, 'connected to NATS again')
        onState?.(undefined)
      } else if (status.type === 'error') {
        const turn = throttle(status.error.name)
        if (turn) log.warn({ reason: status.error.message, ...turn }, 'NATS reports an error')
      } else if (status.type === 'ldm')
        log.info({ server: status.server }, 'this NATS server is about to stop')
      else if (status.type === 'slowConsumer')
        log.warn({ pending: status.pending }, 'a subscription falls behind')
    }
  }
  void listen()
  void nc.closed().then(() => connected.set(0))
}
