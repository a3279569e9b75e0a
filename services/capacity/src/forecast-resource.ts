import type { CapacityForecast } from '@tocsin/contract'
import { backtest } from './backtest.ts'
import { findCrossings } from './find-crossings.ts'
import { fitTrend, type Point, type Trend } from './fit-trend.ts'
import { inWords, judgeRisk } from './judge-risk.ts'
import { recommend } from './recommend.ts'
import type { Resource } from './resource.ts'

/** What is known of a resource. Times in milliseconds, values in the resource's unit. */
export interface Measured {
  readonly usage: number | undefined
  readonly limit: number | undefined
  readonly history: readonly Point[]
}

const DAY_MS = 86_400_000
/** Under these a slope is noise. */
const LEAST_POINTS = 20
const LEAST_SPAN_MS = 10 * 60_000
const POINTS = 60

/** Forecasts a resource, no further than its history reaches back, and says what limits the forecast. */
export function forecastResource(
  resource: Resource,
  measured: Measured,
  days: number,
  nowMs: number,
): CapacityForecast & { reason: string } {
  const { history } = measured
  const from = history[0]?.[0]
  const to = history.at(-1)?.[0]
  const span = from === undefined || to === undefined ? 0 : to - from
  const enough = history.length >= LEAST_POINTS && span >= LEAST_SPAN_MS
  const trend = enough ? fitTrend(history) : undefined
  const horizonDays = trend ? Math.min(days, span / DAY_MS) : 0
  const usage = measured.usage ?? null
  const limit = measured.limit ?? null
  const utilization = usage === null || limit === null || limit <= 0 ? null : usage / limit
  const points = trend ? pointsOf(trend, nowMs, horizonDays) : []
  const crossings = limit === null ? [] : findCrossings(points, limit)
  const { risk, reason } = judgeRisk(utilization, crossings, nowMs)
  const notes = notesOf(history.length, span, days, horizonDays)
  const actions = recommend(resource, { risk, utilization, notes }, reason)
  return {
    resource: resource.name,
    unit: resource.unit,
    days,
    usage,
    limit,
    utilization,
    growthPerDay: trend ? { ...trend.perDay } : null,
    history: { from: iso(from), to: iso(to), points: history.length },
    horizonDays,
    model: trend ? 'linear trend' : 'none',
    backtest: trend ? backtest(history) : null,
    points,
    crossings,
    risk,
    recommendations: [...actions.immediate, ...actions.shortTerm, ...actions.mediumTerm, ...actions.longTerm],
    actions,
    notes,
    reason,
  }
}

function pointsOf(trend: Trend, nowMs: number, horizonDays: number): CapacityForecast['points'] {
  return Array.from({ length: POINTS + 1 }, (_, i) => {
    const time = nowMs + (i / POINTS) * horizonDays * DAY_MS
    const { value, margin } = trend.at(time)
    const [m80, m95] = [margin(0.8), margin(0.95)]
    return {
      time: new Date(time).toISOString(),
      value,
      lower80: value - m80,
      upper80: value + m80,
      lower95: value - m95,
      upper95: value + m95,
    }
  })
}

function notesOf(count: number, span: number, days: number, horizonDays: number): string[] {
  if (count === 0)
    return ['There is no history yet: ask again once the resource has been measured for a while.']
  const known = inWords(span / DAY_MS)
  if (horizonDays === 0)
    return [
      `Only ${known} of history in ${count} points: too little to tell growth from noise, so none is given.`,
    ]
  const notes = ['A straight line: daily and weekly patterns are taken for noise.']
  if (horizonDays < days)
    notes.push(
      `${known} of history carry a forecast of ${known}, not of ${days} days: no date is given past that.`,
    )
  return notes
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
