import { QueryError } from '../errors.ts'
import type { FunctionName } from '../syntax/signatures.ts'
import { addTo } from './summation.ts'
import type { RangeFunction, Window } from './window.ts'

/** Least squares over a window; the intercept is the value at `originMs`, the slope is per second. */
function linearRegression(
  { timestamps, values, from, to }: Window,
  originMs: number,
): { slope: number; intercept: number } {
  const sumX = { sum: 0, error: 0 }
  const sumY = { sum: 0, error: 0 }
  const sumXY = { sum: 0, error: 0 }
  const sumX2 = { sum: 0, error: 0 }
  const first = values[from] ?? 0
  let constant = true
  for (let i = from; i < to; i++) {
    const x = ((timestamps[i] ?? 0) - originMs) / 1000
    const y = values[i] ?? 0
    if (y !== first && i > from) constant = false
    addTo(sumX, x)
    addTo(sumY, y)
    addTo(sumXY, x * y)
    addTo(sumX2, x * x)
  }
  if (constant) {
    return Number.isFinite(first) || Number.isNaN(first)
      ? { slope: 0, intercept: first }
      : { slope: Number.NaN, intercept: Number.NaN }
  }
  const n = to - from
  const x = sumX.sum + sumX.error
  const y = sumY.sum + sumY.error
  const covariance = sumXY.sum + sumXY.error - (x * y) / n
  const variance = sumX2.sum + sumX2.error - (x * x) / n
  const slope = covariance / variance
  return { slope, intercept: y / n - (slope * x) / n }
}

const deriv: RangeFunction = (window) => {
  if (window.to - window.from < 2) return undefined
  return linearRegression(window, window.timestamps[window.from] ?? 0).slope
}

const predictLinear: RangeFunction = (window) => {
  if (window.to - window.from < 2) return undefined
  const { slope, intercept } = linearRegression(window, window.timeMs)
  return slope * (window.params[0] ?? 0) + intercept
}

/** Holt's linear method with a smoothing and a trend factor. */
const doubleExponentialSmoothing: RangeFunction = ({ values, from, to, params }) => {
  const [smoothing = 0, trend = 0] = params
  checkFactor('smoothing', 'sf', smoothing)
  checkFactor('trend', 'tf', trend)
  if (to - from < 2) return undefined
  let before = 0
  let level = values[from] ?? 0
  let slope = (values[from + 1] ?? 0) - level
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) slope = trend * (level - before) + (1 - trend) * slope
    const next = smoothing * (values[i] ?? 0) + (1 - smoothing) * (level + slope)
    before = level
    level = next
  }
  return level
}

function checkFactor(name: string, short: string, factor: number): void {
  if (factor > 0 && factor < 1) return
  throw new QueryError(
    'execution',
    `invalid ${name} factor. Expected: 0 < ${short} < 1, got: ${factor.toFixed(6)}`,
  )
}

/** Functions that fit a line to a window. */
export const REGRESSIONS: Readonly<Partial<Record<FunctionName, RangeFunction>>> = {
  deriv,
  double_exponential_smoothing: doubleExponentialSmoothing,
  predict_linear: predictLinear,
}
