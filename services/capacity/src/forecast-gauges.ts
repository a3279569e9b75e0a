import { type CapacityForecast, capacityMetrics } from '@tocsin/contract'
import type { ServiceContext } from '@tocsin/runtime'
import { riskNumber } from './judge-risk.ts'
import { recommendation } from './recommend.ts'

/** Every so many points of a forecast is published: a line needs no more, and series are not free. */
const EVERY = 6
const bounds = {
  expected: 'value',
  lower80: 'lower80',
  upper80: 'upper80',
  lower95: 'lower95',
  upper95: 'upper95',
} as const

/**
 * Shows the latest forecasts as metrics. They are written anew whenever somebody reads them: what a forecast no longer
 * says has no sample, since a stale one would be taken for the present.
 */
export function createForecastGauges(
  metrics: ServiceContext['metrics'],
): (forecast: CapacityForecast) => void {
  const latest = new Map<string, CapacityForecast>()
  const gauges = Object.fromEntries(
    Object.entries(capacityMetrics).map(([key, definition]) => [key, metrics.gauge(definition)]),
  ) as Record<keyof typeof capacityMetrics, ReturnType<typeof metrics.gauge>>
  metrics.beforeRead(() => {
    for (const gauge of Object.values(gauges)) gauge.reset()
    for (const forecast of latest.values())
      for (const { metric, labels, value } of figuresOf(forecast))
        if (value !== null) gauges[metric].set({ resource: forecast.resource, ...labels }, value)
  })
  return (forecast) => void latest.set(forecast.resource, forecast)
}

interface FigureOf {
  readonly metric: keyof typeof capacityMetrics
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number | null
}

/** What a forecast says, figure by figure; null where it says nothing. */
function figuresOf(forecast: CapacityForecast): FigureOf[] {
  const { unit, growthPerDay, backtest } = forecast
  const { term, action } = recommendation(forecast)
  return [
    { metric: 'capacityUtilizationRatio', value: forecast.utilization },
    { metric: 'capacityUsage', labels: { unit }, value: forecast.usage },
    { metric: 'capacityLimit', labels: { unit }, value: forecast.limit },
    { metric: 'capacityRisk', value: riskNumber(forecast.risk) },
    { metric: 'capacityGrowthPerDay', value: growthPerDay?.value ?? null },
    {
      metric: 'capacityGrowthPerDayBound',
      labels: { bound: 'lower95' },
      value: growthPerDay?.lower95 ?? null,
    },
    {
      metric: 'capacityGrowthPerDayBound',
      labels: { bound: 'upper95' },
      value: growthPerDay?.upper95 ?? null,
    },
    { metric: 'capacityForecastHorizonSeconds', value: forecast.horizonDays * 86_400 },
    { metric: 'capacityForecastScaledError', value: backtest?.scaledError ?? null },
    { metric: 'capacityForecastCoverageRatio', value: backtest?.coverage95 ?? null },
    { metric: 'capacityRecommendationInfo', labels: { term, action }, value: 1 },
    ...pointsOf(forecast),
    ...crossingsOf(forecast),
  ]
}

function pointsOf({ points }: CapacityForecast): FigureOf[] {
  const begin = Date.parse(points[0]?.time ?? '')
  return points
    .filter((_, index) => index % EVERY === 0)
    .flatMap((of, index) => {
      // Two digits, so that points are in order where they are sorted as text.
      const point = String(index).padStart(2, '0')
      const ahead = (Date.parse(of.time) - begin) / 1000
      const lines = Object.entries(bounds).map(([bound, key]) => ({
        metric: 'capacityForecast' as const,
        labels: { point, bound },
        value: of[key],
      }))
      return [{ metric: 'capacityForecastAheadSeconds' as const, labels: { point }, value: ahead }, ...lines]
    })
}

function crossingsOf({ crossings }: CapacityForecast): FigureOf[] {
  return crossings.flatMap(({ percent, ...moments }) =>
    Object.entries(moments).map(([bound, time]) => ({
      metric: 'capacityCrossingTimestampSeconds' as const,
      labels: { percent: String(percent), bound },
      value: time === null ? null : Date.parse(time) / 1000,
    })),
  )
}
