import type { SloStatus } from '@tocsin/contract'
import { codeOf, messageOf, type PrometheusClient } from '@tocsin/runtime'
import { judgeObjective, misconfigured } from './judge-objective.ts'
import type { Objective } from './objective.ts'

/**
 * Counts an objective's events over the `rangeMs` before `atMs`. Rejects with `QueryError` when the backend cannot be
 * asked: that is an outage of the monitor, not of what it watches.
 */
export async function measureObjective(
  client: PrometheusClient,
  objective: Objective,
  rangeMs: number,
  atMs: number,
): Promise<SloStatus> {
  const count = async (query: string) => {
    const samples = await client.instant(query.replaceAll('$range', `${Math.round(rangeMs / 1000)}s`), atMs)
    if (samples.length > 1)
      throw new RangeError(`returns ${samples.length} series, it must return one: ${query}`)
    return samples[0]?.value
  }
  try {
    const [good, total] = await Promise.all([count(objective.good), count(objective.total)])
    return judgeObjective(objective, { good, total })
  } catch (error) {
    if (error instanceof RangeError || codeOf(error) === 'bad_query')
      return misconfigured(objective, messageOf(error))
    throw error
  }
}
