import type { RedisConnection } from '@tocsin/runtime'
import type { Check } from '../check.ts'

/** Redis answers. Without it digests wait and limits are local, nothing is lost: so not critical. */
export function redisCheck(redis: RedisConnection): Check {
  return {
    name: 'redis',
    type: 'database',
    critical: false,
    async run() {
      await redis.attempted
      const trouble = redis.trouble()
      if (trouble) return { status: 'unhealthy', message: trouble }
      await redis.client.ping()
      return { status: 'healthy', message: 'Redis answers' }
    },
  }
}
