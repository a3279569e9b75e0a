import { runtimeMetrics } from '@tocsin/contract'
import { Redis } from 'ioredis'
import { backoffMs } from './clock.ts'
import { messageOf } from './coded-error.ts'
import { redactUrls } from './env/redact.ts'
import type { Log } from './log/create-log.ts'
import type { Metrics } from './metrics/create-metrics.ts'

/** Redis, away or not. */
export interface RedisConnection {
  /** The client. A command rejects after 2 s while Redis is away; none is queued for later. */
  readonly client: Redis
  /** Resolves when the first attempt to connect has ended, either way. */
  readonly attempted: Promise<void>
  /** Why it cannot be used now; undefined while it can. */
  trouble(): string | undefined
  close(): Promise<void>
}

export interface ConnectRedisOptions {
  readonly url: string
  readonly log: Log
  readonly metrics: Metrics
}

/** Begins to connect, and keeps reconnecting for ever. Never throws; logs once per change. */
export function connectRedis({ url, log, metrics }: ConnectRedisOptions): RedisConnection {
  const up = metrics.gauge(runtimeMetrics.redisConnected)
  const shown = redactUrls(url)
  let trouble: string | undefined = `Redis at ${shown} has not answered yet`
  let told: string | undefined
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 2000,
    connectTimeout: 5000,
    retryStrategy: (attempt: number) => backoffMs(attempt, 50, 2000),
  })
  const down = (why: string) => {
    up.set(0)
    trouble = `cannot use Redis at ${shown} (${why}): is REDIS_URL right, and redis-server running?`
    if (told !== 'down') log.warn(`${trouble} Reconnecting until it works`)
    told = 'down'
  }
  client.on('ready', () => {
    up.set(1)
    trouble = undefined
    if (told !== 'up') log.info({ redis: shown }, 'connected to Redis')
    told = 'up'
  })
  client.on('error', (error) => down(redactUrls(messageOf(error))))
  client.on('close', () => {
    if (trouble === undefined) down('the connection closed')
  })
  // Its failure has been told by 'error', and the retries go on by themselves.
  const attempted = client.connect().catch(() => {})

  return {
    client,
    attempted,
    trouble: () => trouble,
    async close() {
      client.removeAllListeners('close')
      told = 'down'
      trouble = 'closed'
      up.set(0)
      // QUIT waits for the replies under way; it fails when there is no connection to quit.
      if (client.status === 'ready') await client.quit().catch(() => client.disconnect())
      else client.disconnect()
    },
  }
}
