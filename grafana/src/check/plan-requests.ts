import { type DashboardQuery, queriesOf } from './dashboard-queries.ts'
import { fillVariables, stepFor } from './fill-variables.ts'
import type { ReadDashboard } from './read-dashboard.ts'
import { valuesOfAll } from './variable-values.ts'

/** The time that a dashboard shows. */
export interface ShownTime {
  readonly fromMs: number
  readonly toMs: number
  /** How often the data source is scraped. */
  readonly scrapeMs: number
  /** How many points a series may have. */
  readonly points: number
}

/** A query as Grafana asks it of Prometheus' API. */
export interface PlannedRequest {
  readonly query: DashboardQuery
  readonly verb: 'query' | 'query_range'
  readonly form: Readonly<Record<string, string>> & { readonly query: string }
}

/** What Grafana asks to show a dashboard with everything chosen. */
export function planRequests(dashboard: ReadDashboard, shown: ShownTime): PlannedRequest[] {
  const { fromMs, toMs, scrapeMs, points } = shown
  const intervalMs = stepFor(toMs - fromMs, points, scrapeMs)
  const moment = { rangeMs: toMs - fromMs, intervalMs, scrapeMs, values: valuesOfAll(dashboard) }
  const seconds = (ms: number) => String(ms / 1000)
  return queriesOf(dashboard).map((query): PlannedRequest => {
    const { expr } = fillVariables(query.expr, moment)
    if (query.kind === 'instant' || query.kind === 'variable')
      return { query, verb: 'query', form: { query: expr, time: seconds(toMs) } }
    const range = { start: seconds(fromMs), end: seconds(toMs), step: seconds(intervalMs) }
    return { query, verb: 'query_range', form: { query: expr, ...range } }
  })
}
