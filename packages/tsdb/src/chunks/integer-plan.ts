import { bitLength } from './bit-cursor.ts'
import { chooseWidths, type Widths } from './residual-widths.ts'

/**
 * How a column of integers is written: `value = integer / 10^scale`. Its arrays are scratch space that the next plan
 * overwrites: a plan per chunk would cost more in allocations than in arithmetic.
 */
export interface IntegerPlan {
  readonly first: number
  readonly scale: number
  /** Taken off every delta; undefined when the deltas of deltas are written. */
  readonly slope: number | undefined
  /** One less than there are values, in the first elements. */
  readonly residuals: Float64Array
  readonly widths: Widths
}

const MAX_SCALE = 9
const MAX_INTEGER = 2 ** 49
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: MAX_SCALE + 1 }, (_, i) => 10 ** i)

let integers = new Float64Array(512)
let residuals = new Float64Array(512)

/** Plans a column as integers, or gives undefined when some value is not a short decimal. */
export function planIntegers(column: Float64Array, from: number, count: number): IntegerPlan | undefined {
  if (integers.length < count) {
    integers = new Float64Array(count)
    residuals = new Float64Array(count)
  }
  const scale = fillIntegers(column, from, count)
  if (scale < 0) return undefined
  const slope = chooseSlope(count)
  let before = 0
  for (let i = 1; i < count; i++) {
    const delta = (integers[i] ?? 0) - (integers[i - 1] ?? 0)
    residuals[i - 1] = delta - (slope ?? before)
    before = delta
  }
  return { first: integers[0] ?? 0, scale, slope, residuals, widths: chooseWidths(residuals, count - 1) }
}

/** Fills `integers` and gives the scale, or -1 when a value has too many places, is too large, not finite, or -0. */
function fillIntegers(column: Float64Array, from: number, count: number): number {
  let scale = 0
  for (let i = 0; i < count; i++) {
    const value = column[from + i] ?? 0
    if (Math.floor(value) !== value) {
      scale = findScale(column, from + i, count - i)
      break
    }
    if (!(Math.abs(value) < MAX_INTEGER) || (value === 0 && 1 / value < 0)) return -1
    integers[i] = value
  }
  return scale > 0 && !fillScaled(column, from, count, POWERS_OF_TEN[scale] ?? 1) ? -1 : scale
}

function fillScaled(column: Float64Array, from: number, count: number, power: number): boolean {
  for (let i = 0; i < count; i++) {
    const value = column[from + i] ?? 0
    const integer = Math.round(value * power)
    if (integer / power !== value || !(Math.abs(integer) < MAX_INTEGER)) return false
    if (integer === 0 && 1 / value < 0) return false
    integers[i] = integer
  }
  return true
}

/** The decimal places that every value needs, or -1 when one has more or is not finite. */
function findScale(column: Float64Array, from: number, count: number): number {
  let scale = 1
  let power = 10
  for (let i = 0; i < count; i++) {
    const value = column[from + i] ?? 0
    while (Math.round(value * power) / power !== value) {
      const next = POWERS_OF_TEN[++scale]
      if (next === undefined) return -1
      power = next
    }
  }
  return scale
}

/** The mean delta, or the one that most deltas are, or none when the deltas themselves change evenly. */
function chooseSlope(count: number): number | undefined {
  if (count < 2) return 0
  const common = commonDelta(count)
  if (isEven(count, common)) return common
  const mean = Math.round(((integers[count - 1] ?? 0) - (integers[0] ?? 0)) / (count - 1))
  let byCommon = 0
  let byMean = 0
  let bySecond = 0
  let before = 0
  for (let i = 1; i < count; i++) {
    const delta = (integers[i] ?? 0) - (integers[i - 1] ?? 0)
    byCommon += costOf(delta - common)
    byMean += costOf(delta - mean)
    bySecond += costOf(delta - before)
    before = delta
  }
  if (byCommon <= byMean && byCommon <= bySecond) return common
  return byMean <= bySecond ? mean : undefined
}

/** The delta that is the majority, if one is (Boyer and Moore's vote). */
function commonDelta(count: number): number {
  let candidate = 0
  let votes = 0
  for (let i = 1; i < count; i++) {
    const delta = (integers[i] ?? 0) - (integers[i - 1] ?? 0)
    if (votes === 0) candidate = delta
    votes += delta === candidate ? 1 : -1
  }
  return candidate
}

/** Whether every delta is the same: clocks without jitter, and whatever stands still. */
function isEven(count: number, delta: number): boolean {
  for (let i = 1; i < count; i++) if ((integers[i] ?? 0) - (integers[i - 1] ?? 0) !== delta) return false
  return true
}

function costOf(residual: number): number {
  return residual === 0 ? 0 : 2 + bitLength(Math.abs(residual))
}
