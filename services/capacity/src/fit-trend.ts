/** `[milliseconds since the epoch, value]`, in time order. */
export type Point = readonly [number, number]

/** A straight line through the history, and how far it can be trusted. */
export interface Trend {
  /** In units a day, with its 95 % interval. */
  readonly perDay: { readonly value: number; readonly lower95: number; readonly upper95: number }
  /** What is expected at a time, in milliseconds, and how far off it may be at a confidence of 0 to 1. */
  at(timeMs: number): { readonly value: number; readonly margin: (confidence: 0.8 | 0.95) => number }
}

const DAY_MS = 86_400_000
const zScore = { 0.8: 1.281551566, 0.95: 1.959963985 } as const

/**
 * Least squares with prediction intervals. Samples close in time resemble each other, so they count for less: the
 * number of samples is reduced by the residuals' autocorrelation (Bartlett), and a drift of the level that the line
 * does not see is added as a random walk. Undefined under three points or without an extent in time.
 */
export function fitTrend(history: readonly Point[]): Trend | undefined {
  const n = history.length
  const origin = history[0]?.[0] ?? 0
  const days = history.map(([time]) => (time - origin) / DAY_MS)
  const values = history.map(([, value]) => value)
  const meanX = mean(days)
  const meanY = mean(values)
  const spread = sum(days.map((x) => (x - meanX) ** 2))
  if (n < 3 || spread === 0) return undefined

  const slope = sum(days.map((x, i) => (x - meanX) * ((values[i] ?? 0) - meanY))) / spread
  const intercept = meanY - slope * meanX
  const residuals = days.map((x, i) => (values[i] ?? 0) - (intercept + slope * x))
  const similar = autocorrelation(residuals)
  const effective = Math.max(3, (n * (1 - similar)) / (1 + similar))
  const variance = sum(residuals.map((r) => r * r)) / n / (1 - 2 / Math.max(effective, 2.5))
  const freedom = effective - 2
  const perStep = (days.at(-1) ?? 0) / (n - 1)
  const walk = (variance * similar) / Math.max(perStep, Number.EPSILON)
  const effectiveSpread = (spread * effective) / n
  const slopeError = Math.sqrt(variance / effectiveSpread)
  const lastX = days.at(-1) ?? 0

  return {
    perDay: {
      value: slope,
      lower95: slope - studentT(0.95, freedom) * slopeError,
      upper95: slope + studentT(0.95, freedom) * slopeError,
    },
    at(timeMs) {
      const x = (timeMs - origin) / DAY_MS
      const ahead = Math.max(0, x - lastX)
      const drift = Math.min(walk * ahead, variance * n)
      const error = Math.sqrt(variance * (1 + 1 / effective) + (x - meanX) ** 2 * slopeError ** 2 + drift)
      return { value: intercept + slope * x, margin: (confidence) => studentT(confidence, freedom) * error }
    },
  }
}

/** The two-sided quantile of Student's t (Cornish-Fisher; within 3 % from three degrees of freedom on). */
function studentT(confidence: 0.8 | 0.95, freedom: number): number {
  const z = zScore[confidence]
  const v = Math.max(1, freedom)
  return z + (z ** 3 + z) / (4 * v) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v * v)
}

/**
 * How much each residual resembles the one before it: 0 (or opposed) to 0.99. The plain estimate is too low, since a
 * fitted line takes part of the resemblance away; (2 + 4r) / n gives it back (Marriott and Pope 1954, for a trend).
 */
function autocorrelation(residuals: readonly number[]): number {
  const energy = sum(residuals.map((r) => r * r))
  if (energy === 0) return 0
  const lagged = sum(residuals.slice(1).map((r, i) => r * (residuals[i] ?? 0)))
  const plain = lagged / energy
  return Math.min(0.99, Math.max(0, plain + (2 + 4 * plain) / residuals.length))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length
}
