import { firstMoment, type PrometheusClient } from '@tocsin/runtime'
import type { Measured } from './forecast-resource.ts'
import type { Resource } from './resource.ts'

const MINUTE_MS = 60_000
const LONGEST_MS = 90 * 24 * 60 * MINUTE_MS
const POINTS = 1000
const LEAST_STEP_MS = MINUTE_MS / 6

/**
 * Reads what a resource uses, its limit, and its history as far back as the backend has it, in at most a thousand
 * points. Rejects with `QueryError` when the backend cannot be asked.
 */
export async function measureResource(
  client: PrometheusClient,
  resource: Resource,
  nowMs: number,
): Promise<Measured> {
  const one = async (query: string) => (await client.instant(query, nowMs))[0]?.value
  const [usage, limit, first] = await Promise.all([
    one(resource.usage),
    one(resource.limit),
    firstMoment(client, () => resource.usage, nowMs, LONGEST_MS),
  ])
  if (first === undefined) return { usage, limit, history: [] }
  const step = Math.max(LEAST_STEP_MS, Math.ceil((nowMs - first) / POINTS / 1000) * 1000)
  const begin = nowMs - Math.ceil((nowMs - first) / step) * step
  const [series] = await client.range(resource.usage, begin, nowMs, step)
  return { usage, limit, history: (series?.points ?? []).filter((point) => Number.isFinite(point[1])) }
}
