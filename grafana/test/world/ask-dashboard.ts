import type { DashboardQuery } from '../../src/check/dashboard-queries.ts'
import { planRequests, type ShownTime } from '../../src/check/plan-requests.ts'
import type { ReadDashboard } from '../../src/check/read-dashboard.ts'

/** One series of an answer; a value that is no number is left out. */
export interface AnsweredSeries {
  readonly metric: Readonly<Record<string, string>>
  /** `[seconds since 1970, value]` */
  readonly points: readonly (readonly [number, number])[]
}

export interface Answered {
  readonly query: DashboardQuery
  /** As it was asked, with its variables filled in. */
  readonly expr: string
  readonly series: readonly AnsweredSeries[]
  /** Why there is no answer. */
  readonly error?: string
}

/** Asks every query of a dashboard as Grafana does, of anything with Prometheus' API. */
export async function askDashboard(
  url: string,
  dashboard: ReadDashboard,
  shown: Omit<ShownTime, 'points'>,
): Promise<Answered[]> {
  const answers: Answered[] = []
  for (const { query, verb, form } of planRequests(dashboard, { points: 400, ...shown })) {
    const response = await fetch(`${url}/api/v1/${verb}`, { method: 'POST', body: new URLSearchParams(form) })
    answers.push({ query, expr: form.query, ...read((await response.json()) as ApiAnswer) })
  }
  return answers
}

type Pair = readonly [number, string]
interface ApiAnswer {
  readonly status: string
  readonly error?: string
  readonly data?: {
    readonly result: readonly {
      readonly metric: Record<string, string>
      readonly value?: Pair
      readonly values?: readonly Pair[]
    }[]
  }
}

function read({ status, error, data }: ApiAnswer): Pick<Answered, 'series' | 'error'> {
  if (status !== 'success' || !data) return { series: [], error: error ?? status }
  const series = data.result.map(({ metric, value, values = value ? [value] : [] }) => ({
    metric,
    points: values
      .map(([time, text]) => [time, Number(text)] as const)
      .filter(([, number]) => Number.isFinite(number)),
  }))
  return { series: series.filter(({ points }) => points.length > 0) }
}
