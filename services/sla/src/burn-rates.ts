import type { Clock, PrometheusClient } from '@tocsin/runtime'
import { measureObjective } from './measure-objective.ts'
import type { Objective } from './objective.ts'

const minute = 60_000

/** The windows that burn-rate alerts look at, long and short, by what they are called. In milliseconds. */
const windows: Readonly<Record<string, number>> = {
  '5m': 5 * minute,
  '30m': 30 * minute,
  '1h': 60 * minute,
  '2h': 120 * minute,
  '6h': 360 * minute,
  '1d': 1440 * minute,
  '3d': 4320 * minute,
}

/** How fast an objective's error budget was spent over a window; null where nothing was measured. */
export interface BurnRate {
  readonly slo: string
  readonly window: string
  readonly rate: number | null
}

export type MeasureBurnRates = () => Promise<readonly BurnRate[]>

/** Measures every objective over every window. Without traffic nothing is spent. */
export function createMeasureBurnRates(
  client: PrometheusClient,
  objectives: readonly Objective[],
  clock: Clock,
): MeasureBurnRates {
  const pairs = objectives.flatMap((objective) =>
    Object.entries(windows).map(([window, rangeMs]) => ({ objective, window, rangeMs })),
  )
  return async () => {
    const now = clock.now()
    return Promise.all(
      pairs.map(async ({ objective, window, rangeMs }) => {
        const { state, compliance, target } = await measureObjective(client, objective, rangeMs, now)
        return { slo: objective.name, window, rate: burnRate(state, compliance, target) }
      }),
    )
  }
}

/** 1 spends the budget in just the period of the objective. */
export function burnRate(state: string, compliance: number | null, target: number): number | null {
  if (state === 'no_traffic') return 0
  return compliance === null ? null : (1 - compliance) / (1 - target)
}
