import type { OutboxEvent } from '@tocsin/contract'
import type { Clock, Log, RedisConnection } from '@tocsin/runtime'
import { shortHash } from '../grouping/group-key.ts'
import type { RateLimit } from '../policy/policy.ts'
import { createWindow, type Window } from './count-here.ts'
import type { CountInRedis } from './count-in-redis.ts'

export type Verdict = 'within' | { readonly over: true; readonly by: 'redis' | 'process' }

/** Says of each notification whether its channel may still be told in the ordinary way. */
export type Limiter = (event: OutboxEvent, limit: RateLimit) => Promise<Verdict>

export interface LimiterDeps {
  readonly count: CountInRedis
  readonly redis: Pick<RedisConnection, 'trouble'>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Counts in Redis, which all replicas share; while it is away by itself, from what this process has let through.
 * What is critical counts and is never over a limit. One that was counted before, of late, is within it.
 */
export function createLimiter({ count, redis, clock, log }: LimiterDeps): Limiter {
  const windows = new Map<string, Window>()
  let away = false

  async function askRedis(key: string, { id }: OutboxEvent, limit: RateLimit, passes: boolean) {
    if (redis.trouble() !== undefined) return undefined
    try {
      const within = await count(key, id, limit, passes)
      away = false
      return within
    } catch (error) {
      if (!away) log.warn({ err: error }, 'rate limits are counted by this process alone until Redis is back')
      away = true
      return undefined
    }
  }

  return async (event, limit) => {
    const key = `${event.channel}:${shortHash(`${event.receiver} ${limit.limit} ${limit.perMs}`)}`
    const window = windows.get(key) ?? createWindow(limit)
    windows.set(key, window)
    const passes = event.severity === 'critical'
    const shared = await askRedis(key, event, limit, passes)
    if (shared === undefined)
      return window.take(event.id, clock.now(), passes) ? 'within' : { over: true, by: 'process' }
    // Known here as well, for when Redis goes away.
    if (shared) window.take(event.id, clock.now(), true)
    return shared ? 'within' : { over: true, by: 'redis' }
  }
}
