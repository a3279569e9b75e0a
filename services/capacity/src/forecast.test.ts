import { describe, expect, it } from 'vitest'
import { backtest } from './backtest.ts'
import { findCrossings } from './find-crossings.ts'
import { fitTrend, type Point } from './fit-trend.ts'
import { forecastResource } from './forecast-resource.ts'
import { judgeRisk } from './judge-risk.ts'
import { defaultResources } from './resource.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const now = Date.parse('2026-03-01T12:00:00Z')
const [storage] = defaultResources
if (!storage) throw new Error('no resource')

/** A generator of normal noise that is the same every time (mulberry32 and Box-Muller). */
function noise(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** A line with noise whose neighbours resemble each other by `similar`. */
function history(
  points: number,
  stepMs: number,
  perDay: number,
  sigma: number,
  similar: number,
  seed: number,
): Point[] {
  const next = noise(seed)
  let error = 0
  return Array.from({ length: points }, (_, i): Point => {
    error = similar * error + Math.sqrt(1 - similar ** 2) * next() * sigma
    const time = now - (points - 1 - i) * stepMs
    return [time, 50 + (perDay * (time - now)) / DAY + error]
  })
}

describe('a trend', () => {
  it('is exact on a line', () => {
    const trend = fitTrend(history(48, HOUR, 2, 0, 0, 1))
    expect(trend?.perDay.value).toBeCloseTo(2, 9)
    expect(trend?.at(now + DAY).value).toBeCloseTo(52, 9)
    expect(trend?.at(now + DAY).margin(0.95)).toBeCloseTo(0, 6)
  })

  it('is none with too few points, or all at one time', () => {
    expect(fitTrend([[0, 1]])).toBeUndefined()
    expect(fitTrend([[5, 1], [5, 2], [5, 3]])).toBeUndefined() // biome-ignore format: one line
  })

  it.each([
    ['independent noise', 0],
    ['noise with a memory', 0.8],
  ])('with %s has 95 percent intervals that hold at least 90 of 100 futures', (_, similar) => {
    let slopes = 0
    let levels = 0
    const runs = 200
    for (let seed = 1; seed <= runs; seed++) {
      const all = history(120, HOUR, 2, 1, similar, seed)
      const trend = fitTrend(all.slice(0, 100))
      const [time, value] = all[119] ?? [0, 0]
      if (!trend) throw new Error('no trend')
      if (trend.perDay.lower95 <= 2 && 2 <= trend.perDay.upper95) slopes++
      if (Math.abs(trend.at(time).value - value) <= trend.at(time).margin(0.95)) levels++
    }
    expect(slopes / runs).toBeGreaterThan(0.9)
    expect(levels / runs).toBeGreaterThan(0.9)
  })
})

describe('a backtest', () => {
  it('shows a trend to be better than standing still where there is one, and worse where there is none', () => {
    expect(backtest(history(100, HOUR, 5, 0.2, 0, 3))?.scaledError).toBeLessThan(0.5)
    expect(backtest(history(100, HOUR, 0, 0, 0, 3))?.scaledError).toBeNull()
    expect(backtest([])).toBeNull()
  })
})

describe('a forecast', () => {
  const growing = history(28 * 24, HOUR, 1, 0.1, 0, 5)

  it('dates the crossings, earliest before expected before latest', () => {
    const forecast = forecastResource(storage, { usage: 50, limit: 75, history: growing }, 28, now)
    const full = forecast.crossings.find((c) => c.percent === 100)
    const eighty = forecast.crossings.find((c) => c.percent === 80)
    expect((Date.parse(full?.expected ?? '') - now) / DAY).toBeCloseTo(25, 0)
    expect((Date.parse(eighty?.expected ?? '') - now) / DAY).toBeCloseTo(10, 0)
    expect(Date.parse(full?.earliest ?? '')).toBeLessThan(Date.parse(full?.expected ?? ''))
    expect(Date.parse(full?.latest ?? '')).toBeGreaterThan(Date.parse(full?.expected ?? ''))
    expect(forecast.risk).toBe('medium')
    expect(forecast.actions.mediumTerm).toHaveLength(1)
    expect(forecast.recommendations).toEqual(forecast.actions.mediumTerm)
  })

  it('gives no date past what its history can carry, and says so', () => {
    const forecast = forecastResource(storage, { usage: 50, limit: 75, history: growing.slice(-48) }, 30, now)
    expect(forecast.horizonDays).toBeCloseTo(47 / 24, 6)
    expect(forecast.crossings.every((c) => c.expected === null)).toBe(true)
    expect(forecast.notes.join(' ')).toContain(
      '47 hours of history carry a forecast of 47 hours, not of 30 days',
    )
  })

  it('says that it knows too little, and still says something', () => {
    const forecast = forecastResource(storage, { usage: 50, limit: 100, history: growing.slice(-3) }, 30, now)
    expect(forecast).toMatchObject({
      growthPerDay: null,
      points: [],
      model: 'none',
      backtest: null,
      risk: 'low',
    })
    expect(forecast.notes[0]).toContain('too little')
    expect(forecast.recommendations).toEqual(['Storage: 50 % of the limit is in use. Nothing to do.'])
  })

  it('of what is not measured is unknown, never low', () => {
    const forecast = forecastResource(storage, { usage: undefined, limit: undefined, history: [] }, 30, now)
    expect(forecast).toMatchObject({ risk: 'unknown', usage: null, utilization: null })
    expect(forecast.recommendations[0]).toContain('Publish the metrics')
  })
})

describe('risk', () => {
  const inDays = (days: number) => [{ percent: 100, earliest: new Date(now + days * DAY).toISOString(), expected: null, latest: null }] // biome-ignore format: one line
  it.each([
    [0.5, [], 'low'],
    [0.8, [], 'medium'],
    [0.9, [], 'high'],
    [0.95, [], 'critical'],
    [0.5, inDays(0.5), 'critical'],
    [0.5, inDays(6), 'high'],
    [0.5, inDays(29), 'medium'],
    [null, [], 'unknown'],
  ] as const)('at a utilization of %s', (utilization, crossings, risk) => {
    expect(judgeRisk(utilization, [...crossings], now).risk).toBe(risk)
  })
})

describe('crossings', () => {
  const point = (hours: number, value: number) => ({
    time: new Date(now + hours * HOUR).toISOString(),
    value,
    lower80: value,
    upper80: value,
    lower95: value - 1,
    upper95: value + 1,
  })
  it('lie between the points, on the line', () => {
    const [eighty] = findCrossings([point(0, 79), point(2, 81)], 100)
    expect(eighty).toEqual({
      percent: 80,
      earliest: point(0, 0).time,
      expected: point(1, 0).time,
      latest: point(2, 0).time,
    })
  })
})
