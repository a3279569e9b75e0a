import type { Baseline } from './service-record.ts'

/** A signal's value in one window. */
export interface Measured {
  /** The window's end. Milliseconds since 1970. */
  readonly atMs: number
  readonly value: number
}

export interface LearningLimits {
  readonly floor: number
  readonly cap: number
  readonly leastSamples: number
}

const DAY_MS = 86_400_000
/** A normal distribution's standard deviation, in median absolute deviations. */
const DEVIATION = 1.4826
/** So many deviations above the median nothing is usual any more. */
const DEVIATIONS = 4
/** What hardly varies still varies by this part of its median. */
const LEAST_SPREAD = 0.1
const KEPT_DAYS = 7
/** A threshold may be so many times the median of the days before, once there are so many of them. */
const MOST_DRIFT = 1.5
const LEAST_DAYS = 3

/**
 * A threshold from what was usual lately: the median and four robust deviations, the highest such of two days, so that
 * a quiet night does not make the morning an alarm. What gets worse slowly is held to one and a half times the median
 * of the last days, and always to the cap. Undefined without enough windows.
 */
export function learnBaseline(
  measured: readonly Measured[],
  former: Baseline | undefined,
  { floor, cap, leastSamples }: LearningLimits,
  nowMs: number,
): Baseline | undefined {
  const first = measured[0]
  const last = measured.at(-1)
  if (!first || !last || measured.length < leastSamples) return former
  const values = measured.map(({ value }) => value)
  const median = medianOf(values)
  const spread = DEVIATION * medianOf(values.map((value) => Math.abs(value - median)))
  const band = median + DEVIATIONS * Math.max(spread, LEAST_SPREAD * median)

  const today = Math.floor(nowMs / DAY_MS)
  const before = (former?.days ?? []).filter(({ day }) => day < today && day >= today - KEPT_DAYS)
  const drift =
    before.length >= LEAST_DAYS
      ? MOST_DRIFT * medianOf(before.map(({ highest }) => highest))
      : Number.POSITIVE_INFINITY
  const held = Math.min(band, Math.max(drift, floor))
  const earlier = former?.days.find(({ day }) => day === today)?.highest ?? 0
  const highest = Math.max(held, earlier)
  const yesterday = before.find(({ day }) => day === today - 1)?.highest ?? 0
  const wanted = Math.max(highest, yesterday)
  const threshold = Math.min(Math.max(wanted, floor), cap)
  const bound = threshold < wanted ? 'cap' : threshold > wanted ? 'floor' : held < band ? 'drift' : undefined
  return {
    threshold: round(threshold),
    median: round(median),
    spread: round(spread),
    samples: values.length,
    fromMs: first.atMs,
    toMs: last.atMs,
    ...(bound === undefined ? {} : { bound }),
    days: [...before, { day: today, highest: round(highest) }],
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [below = 0, above = below] = Number.isInteger(middle)
    ? [sorted[middle - 1], sorted[middle]]
    : [sorted[Math.floor(middle)]]
  return (below + above) / 2
}

/** Digits that nobody reads make an expression unreadable. */
function round(value: number): number {
  return Number(value.toPrecision(4))
}
