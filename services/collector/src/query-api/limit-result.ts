import type { QueryResult } from '@tocsin/promql'

/** Prometheus' warning where an answer is not all there is. */
export const TRUNCATED = 'results truncated due to limit'

/** The first `limit` series of a result, with a warning where there are more; other results as they are. */
export function limitResult(result: QueryResult, limit: number): QueryResult {
  if (result.type === 'scalar' || result.type === 'string' || result.value.length <= limit) return result
  const warnings = [...result.warnings, TRUNCATED]
  return result.type === 'vector'
    ? { ...result, value: result.value.slice(0, limit), warnings }
    : { ...result, value: result.value.slice(0, limit), warnings }
}
