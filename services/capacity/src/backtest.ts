import type { CapacityForecast } from '@tocsin/contract'
import { fitTrend, type Point } from './fit-trend.ts'

const FOLDS = [0.5, 0.6, 0.7, 0.8]
const REACH = 0.2

/**
 * Forecasts the known past from the time before it, from several starting points: how far off the trend was beside
 * "it stays as it is", and how many of the points fell inside the 95 % interval. Null with too few points to hold back.
 */
export function backtest(history: readonly Point[]): CapacityForecast['backtest'] {
  let points = 0
  let covered = 0
  let error = 0
  let naiveError = 0
  for (const fold of FOLDS) {
    const cut = Math.floor(history.length * fold)
    const known = history.slice(0, cut)
    const trend = fitTrend(known)
    const last = known.at(-1)?.[1]
    if (!trend || last === undefined) continue
    for (const [time, value] of history.slice(cut, cut + Math.ceil(history.length * REACH))) {
      const expected = trend.at(time)
      points++
      error += Math.abs(value - expected.value)
      naiveError += Math.abs(value - last)
      if (Math.abs(value - expected.value) <= expected.margin(0.95) + Number.EPSILON * Math.abs(value))
        covered++
    }
  }
  if (points === 0) return null
  return { points, scaledError: naiveError === 0 ? null : error / naiveError, coverage95: covered / points }
}
