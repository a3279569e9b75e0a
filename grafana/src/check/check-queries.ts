import { metricCatalogue } from '@tocsin/contract'
import { ParseError } from '@tocsin/promql'
import { checkExpression, type KnownMetrics, knownMetrics } from '@tocsin/rules'
import { queriesOf } from './dashboard-queries.ts'
import { fillVariables } from './fill-variables.ts'
import type { ReadDashboard } from './read-dashboard.ts'
import { valuesOfAll } from './variable-values.ts'

/** What was found out about the queries of a dashboard. */
export interface CheckedQueries {
  /** Queries that cannot be asked at all. */
  readonly faults: readonly string[]
  /** Metrics and labels that the catalogue has not: an application may still publish them. */
  readonly strangers: readonly string[]
}

/** What the alert evaluator writes: any label of a rule may be on it. */
const written: KnownMetrics = new Map([
  ['ALERTS', undefined],
  ['ALERTS_FOR_STATE', undefined],
])
const known: KnownMetrics = new Map([...written, ...knownMetrics(metricCatalogue)])
const usual = { rangeMs: 3_600_000, intervalMs: 15_000, scrapeMs: 15_000 }

/** Checks that every query parses, and asks for what the catalogue has. */
export function checkQueries(dashboard: ReadDashboard): CheckedQueries {
  const faults: string[] = []
  const strangers: string[] = []
  const values = valuesOfAll(dashboard)
  for (const { where, refId, expr: text } of queriesOf(dashboard)) {
    const place = refId === '' ? where : `${where}, ${refId}`
    const { expr, unknown } = fillVariables(text, { ...usual, values })
    for (const name of unknown) faults.push(`${place}: nobody defines the variable $${name}`)
    if (unknown.length > 0) continue
    try {
      for (const fault of checkExpression(expr, known).faults)
        strangers.push(`${place}: ${fault.text}: ${fault.reason}`)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      faults.push(`${place}: ${error.message}: ${expr}`)
    }
  }
  return { faults, strangers }
}
