import { createMetrics } from '@tocsin/runtime'
import { describe, expect, it } from 'vitest'
import { createForecastGauges } from './forecast-gauges.ts'
import { forecastResource } from './forecast-resource.ts'
import { defaultResources } from './resource.ts'

const minute = 60_000
const now = Date.parse('2026-03-01T12:00:00Z')
const [storage] = defaultResources
if (!storage) throw new Error('no resource')

/** An hour of history, a point a minute, that grows by `perMinute` up to `usage`. */
const measured = (usage: number, perMinute: number) => ({
  usage,
  limit: 100,
  history: Array.from(
    { length: 61 },
    (_, i) => [now - (60 - i) * minute, usage - (60 - i) * perMinute] as const,
  ),
})
const forecast = (usage: number, perMinute: number) =>
  forecastResource(storage, measured(usage, perMinute), 30, now)

function setUp() {
  const metrics = createMetrics('test', '0')
  const show = createForecastGauges(metrics)
  const read = async (name: string) =>
    (await metrics.read()).find((metric) => metric.name === name)?.values ?? []
  return { show, read }
}

describe('what a forecast says as metrics', () => {
  it('is its line and its intervals, from now to as far as it reaches', async () => {
    const { show, read } = setUp()
    show(forecast(90, 0.5))
    const ahead = await read('tocsin_capacity_forecast_ahead_seconds')
    expect(ahead.map(({ labels, value }) => [labels['point'], Math.round(value)])).toEqual(
      Array.from({ length: 11 }, (_, i) => [String(i).padStart(2, '0'), i * 360]),
    )
    const last = (await read('tocsin_capacity_forecast')).filter(({ labels }) => labels['point'] === '10')
    const of = (bound: string) => last.find(({ labels }) => labels['bound'] === bound)?.value ?? Number.NaN
    expect(of('expected')).toBeCloseTo(120, 6)
    expect(of('lower95')).toBeLessThanOrEqual(of('lower80'))
    expect(of('upper95')).toBeGreaterThanOrEqual(of('upper80'))
  })

  it('is when the limit is reached, the risk, and what to do about it', async () => {
    const { show, read } = setUp()
    show(forecast(90, 0.5))
    const crossings = await read('tocsin_capacity_crossing_timestamp_seconds')
    const full = crossings.find(({ labels }) => labels['percent'] === '100' && labels['bound'] === 'expected')
    expect(full?.value).toBeCloseTo(now / 1000 + 20 * 60, 0)
    expect(await read('tocsin_capacity_risk')).toMatchObject([{ value: 4 }])
    expect(await read('tocsin_capacity_recommendation_info')).toMatchObject([
      { value: 1, labels: { term: 'immediate', action: storage.remedy } },
    ])
  })

  it('is no longer said once the forecast no longer says it', async () => {
    const { show, read } = setUp()
    show(forecast(90, 0.5))
    show(forecastResource(storage, { usage: 10, limit: 100, history: [] }, 30, now))
    expect(await read('tocsin_capacity_forecast')).toEqual([])
    expect(await read('tocsin_capacity_crossing_timestamp_seconds')).toEqual([])
    expect(await read('tocsin_capacity_utilization_ratio')).toMatchObject([{ value: 0.1 }])
  })
})
