import type { Clock } from '@tocsin/runtime'
import type { Check } from '../check.ts'

const SLOW_MS = 500

/** The collector answers a query over everything it holds, in good time. The headers are those of a login, where it asks for one. */
export function queryCheck(
  collectorUrl: string,
  clock: Clock,
  headers: Readonly<Record<string, string>> = {},
): Check {
  return {
    name: 'query performance',
    type: 'query',
    critical: false,
    async run(signal) {
      const url = new URL('/api/v1/query', collectorUrl)
      url.searchParams.set('query', 'count({__name__=~".+"})')
      const begun = clock.now()
      const response = await fetch(url, { signal, headers })
      const ms = clock.now() - begun
      await response.body?.cancel()
      if (!response.ok)
        return { status: 'unhealthy', message: `the query API answers HTTP ${response.status}` }
      return {
        status: ms > SLOW_MS ? 'degraded' : 'healthy',
        message: `a query over every series took ${Math.round(ms)} ms`,
        details: { durationMs: ms },
      }
    },
  }
}
