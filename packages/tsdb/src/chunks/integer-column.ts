import {
  type BitCursor,
  bitLength,
  foldSign,
  readBits,
  readSigned,
  readWide,
  unfoldSign,
  writeBits,
  writeSigned,
  writeWide,
} from './bit-cursor.ts'
import { chooseWidths, type Widths } from './residual-widths.ts'

// Timestamps, counters and most gauges are integers, or decimals with few places. Their deltas from the mean
// delta, or the deltas of their deltas, are small integers, where XOR would keep most of the mantissa.

/** How a column of integers is written: `value = integer / 10^scale`. */
export interface IntegerPlan {
  readonly integers: Float64Array
  readonly scale: number
  /** The mean delta, taken off every delta; undefined when the deltas of deltas are written. */
  readonly slope: number | undefined
  readonly residuals: Float64Array
  readonly widths: Widths
}

const MAX_SCALE = 9
const MAX_INTEGER = 2 ** 49
const POWERS = Array.from({ length: MAX_SCALE + 1 }, (_, i) => 10 ** i)

/** Plans a column as integers, or gives undefined when some value is not a short decimal. */
export function planIntegers(column: Float64Array, from: number, count: number): IntegerPlan | undefined {
  const scale = findScale(column, from, count)
  if (scale < 0) return undefined
  const power = POWERS[scale] ?? 1
  const integers = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const value = column[from + i] ?? 0
    const integer = Math.round(value * power)
    if (integer / power !== value || Math.abs(integer) >= MAX_INTEGER) return undefined
    integers[i] = integer
  }
  const byDelta = planDeltas(integers)
  if (byDelta.widths.bits === 0) return { integers, scale, ...byDelta }
  const bySecond = planSecondDeltas(integers)
  return { integers, scale, ...(byDelta.widths.bits <= bySecond.widths.bits ? byDelta : bySecond) }
}

export function writeIntegerColumn(cursor: BitCursor, plan: IntegerPlan): void {
  const { integers, scale, slope, residuals, widths } = plan
  writeBits(cursor, scale, 4)
  writeSigned(cursor, integers[0] ?? 0)
  writeBits(cursor, slope === undefined ? 1 : 0, 1)
  if (slope !== undefined) writeSigned(cursor, slope)
  writeBits(cursor, widths.large, 6)
  if (widths.large === 0) return
  writeBits(cursor, widths.small, 6)
  writeBits(cursor, widths.medium, 6)
  writeBits(cursor, widths.shift, 5)
  const unit = 2 ** widths.shift
  for (let i = 0; i < residuals.length; i++)
    writeResidual(cursor, foldSign((residuals[i] ?? 0) / unit), widths)
}

export function readIntegerColumn(
  cursor: BitCursor,
  column: Float64Array,
  from: number,
  count: number,
): void {
  const power = POWERS[readBits(cursor, 4)] ?? 1
  let integer = readSigned(cursor)
  const second = readBits(cursor, 1) === 1
  let delta = second ? 0 : readSigned(cursor)
  const large = readBits(cursor, 6)
  column[from] = integer / power
  if (large === 0) {
    for (let i = 1; i < count; i++) {
      integer += delta
      column[from + i] = integer / power
    }
    return
  }
  const small = readBits(cursor, 6)
  const medium = readBits(cursor, 6)
  const unit = 2 ** readBits(cursor, 5)
  for (let i = 1; i < count; i++) {
    let residual = 0
    if (readBits(cursor, 1) === 1) {
      const width = readBits(cursor, 1) === 0 ? small : readBits(cursor, 1) === 0 ? medium : large
      residual = unfoldSign(readWide(cursor, width)) * unit
    }
    if (second) {
      delta += residual
      integer += delta
    } else {
      integer += delta + residual
    }
    column[from + i] = integer / power
  }
}

function writeResidual(cursor: BitCursor, folded: number, widths: Widths): void {
  const length = bitLength(folded)
  if (length === 0) {
    writeBits(cursor, 0b0, 1)
  } else if (length <= widths.small) {
    writeBits(cursor, 0b10, 2)
    writeWide(cursor, folded, widths.small)
  } else if (length <= widths.medium) {
    writeBits(cursor, 0b110, 3)
    writeWide(cursor, folded, widths.medium)
  } else {
    writeBits(cursor, 0b111, 3)
    writeWide(cursor, folded, widths.large)
  }
}

function planDeltas(integers: Float64Array): Pick<IntegerPlan, 'slope' | 'residuals' | 'widths'> {
  const last = integers.length - 1
  const slope = last > 0 ? Math.round(((integers[last] ?? 0) - (integers[0] ?? 0)) / last) : 0
  const residuals = new Float64Array(Math.max(last, 0))
  for (let i = 0; i < last; i++) residuals[i] = (integers[i + 1] ?? 0) - (integers[i] ?? 0) - slope
  return { slope, residuals, widths: chooseWidths(residuals) }
}

function planSecondDeltas(integers: Float64Array): Pick<IntegerPlan, 'slope' | 'residuals' | 'widths'> {
  const residuals = new Float64Array(Math.max(integers.length - 1, 0))
  let before = 0
  for (let i = 0; i < residuals.length; i++) {
    const delta = (integers[i + 1] ?? 0) - (integers[i] ?? 0)
    residuals[i] = delta - before
    before = delta
  }
  return { slope: undefined, residuals, widths: chooseWidths(residuals) }
}

/** The decimal places that every value needs, or -1 when one has more, is not finite, or is -0. */
function findScale(column: Float64Array, from: number, count: number): number {
  let scale = 0
  let power = 1
  for (let i = 0; i < count; i++) {
    const value = column[from + i] ?? 0
    if (Object.is(value, -0)) return -1
    while (Math.round(value * power) / power !== value) {
      scale++
      const next = POWERS[scale]
      if (next === undefined) return -1
      power = next
    }
  }
  return scale
}
