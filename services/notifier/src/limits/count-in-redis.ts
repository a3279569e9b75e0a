import type { RedisConnection } from '@tocsin/runtime'
import type { RateLimit } from '../policy/policy.ts'

/** Whether a notification is within a limit that all replicas share. Rejects while Redis is away. */
export type CountInRedis = (
  key: string,
  id: string,
  limit: Pick<RateLimit, 'limit' | 'perMs'>,
  passes: boolean,
) => Promise<boolean>

// Redis' own clock, so that replicas agree. Members are notifications: counted again, each is still one.
// What passes in spite of a full window takes the place of the oldest, so that the set never outgrows the limit.
const TAKE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 1 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  if ARGV[4] == '0' then return 0 end
  redis.call('ZPOPMIN', KEYS[1])
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`

/** `prefix` is the subject prefix: several Tocsins can share a Redis. */
export function createCountInRedis(
  { client }: Pick<RedisConnection, 'client'>,
  prefix: string,
): CountInRedis {
  return async (key, id, { limit, perMs }, passes) => {
    const name = `tocsin:{${prefix}.limits}:${key}`
    return (await client.eval(TAKE, 1, name, id, limit, Math.ceil(perMs), passes ? '1' : '0')) === 1
  }
}
