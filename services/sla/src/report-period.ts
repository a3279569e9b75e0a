import type { SlaPeriod, SlaReport } from '@tocsin/contract'
import { type Clock, firstMoment, type PrometheusClient } from '@tocsin/runtime'
import { makeReport } from './make-report.ts'
import { measureObjective } from './measure-objective.ts'
import { type Objective, periodMs } from './objective.ts'

export type ReportPeriod = (period: SlaPeriod) => Promise<SlaReport>

/** Makes the report of a rolling period that ends now, from what the query backend holds. */
export function createReportPeriod(
  client: PrometheusClient,
  objectives: readonly Objective[],
  clock: Clock,
): ReportPeriod {
  return async (period) => {
    const to = clock.now()
    const length = periodMs[period]
    const [slos, dataFrom] = await Promise.all([
      Promise.all(objectives.map((objective) => measureObjective(client, objective, length, to))),
      firstData(client, objectives, to, length),
    ])
    return makeReport(period, to - length, to, dataFrom, slos)
  }
}

/** The first moment of the period at which any objective had events to count. */
async function firstData(
  client: PrometheusClient,
  objectives: readonly Objective[],
  to: number,
  length: number,
): Promise<number | undefined> {
  const starts = await Promise.all(
    objectives.map(({ total }) => {
      const over = (stepMs: number) =>
        total.replaceAll('$range', `${Math.max(60, Math.ceil(stepMs / 1000))}s`)
      return firstMoment(client, over, to, length).catch(() => undefined)
    }),
  )
  const known = starts.filter((start) => start !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
