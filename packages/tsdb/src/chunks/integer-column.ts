import {
  type BitCursor,
  bitLength,
  foldSign,
  peekBits,
  readBits,
  readSigned,
  readWide,
  unfoldSign,
  writeBits,
  writeSigned,
  writeWide,
} from './bit-cursor.ts'
import { type IntegerPlan, POWERS_OF_TEN } from './integer-plan.ts'
import type { Widths } from './residual-widths.ts'

// Timestamps, counters and most gauges are integers, or decimals with few places. Their deltas less the usual
// delta, or the deltas of their deltas, are small integers, where XOR would keep most of the mantissa.

export function writeIntegerColumn(cursor: BitCursor, plan: IntegerPlan, count: number): void {
  const { first, scale, slope, residuals, widths } = plan
  writeBits(cursor, scale, 4)
  writeSigned(cursor, first)
  writeBits(cursor, slope === undefined ? 1 : 0, 1)
  if (slope !== undefined) writeSigned(cursor, slope)
  writeBits(cursor, widths.large, 6)
  if (widths.large === 0) return
  writeBits(cursor, widths.small, 6)
  writeBits(cursor, widths.medium, 6)
  writeBits(cursor, widths.shift, 5)
  const fraction = 1 / 2 ** widths.shift
  for (let i = 0; i < count - 1; i++) {
    const residual = residuals[i] ?? 0
    if (residual === 0) writeBits(cursor, 0b0, 1)
    else writeResidual(cursor, foldSign(residual * fraction), widths)
  }
}

export function readIntegerColumn(
  cursor: BitCursor,
  column: Float64Array,
  from: number,
  count: number,
): void {
  const power = POWERS_OF_TEN[readBits(cursor, 4)] ?? 1
  let integer = readSigned(cursor)
  const second = readBits(cursor, 1) === 1
  let delta = second ? 0 : readSigned(cursor)
  const large = readBits(cursor, 6)
  column[from] = integer
  if (large === 0) {
    for (let i = 1; i < count; i++) {
      integer += delta
      column[from + i] = integer
    }
  } else {
    const small = readBits(cursor, 6)
    const medium = readBits(cursor, 6)
    const unit = 2 ** readBits(cursor, 5)
    for (let i = 1; i < count; i++) {
      const residual = readResidual(cursor, small, medium, large) * unit
      integer += delta + residual
      if (second) delta += residual
      column[from + i] = integer
    }
  }
  if (power !== 1) for (let i = from; i < from + count; i++) column[i] = (column[i] ?? 0) / power
}

// Prefixes: 0 is zero, 10 small, 110 medium, 111 large.
function writeResidual(cursor: BitCursor, folded: number, { small, medium, large }: Widths): void {
  const length = bitLength(folded)
  if (length <= small) writePrefixed(cursor, 0b10, 2, folded, small)
  else if (length <= medium) writePrefixed(cursor, 0b110, 3, folded, medium)
  else writePrefixed(cursor, 0b111, 3, folded, large)
}

function writePrefixed(
  cursor: BitCursor,
  prefix: number,
  prefixWidth: number,
  value: number,
  width: number,
): void {
  if (width + prefixWidth <= 32) {
    writeBits(cursor, (prefix << width) | value, prefixWidth + width)
  } else {
    writeBits(cursor, prefix, prefixWidth)
    writeWide(cursor, value, width)
  }
}

function readResidual(cursor: BitCursor, small: number, medium: number, large: number): number {
  const { words, bit } = cursor
  const prefix = peekBits(words, bit) >>> 29
  if (prefix < 0b100) {
    cursor.bit = bit + 1
    return 0
  }
  const start = prefix < 0b110 ? bit + 2 : bit + 3
  const width = prefix < 0b110 ? small : prefix === 0b110 ? medium : large
  if (width > 31) {
    cursor.bit = start
    return unfoldSign(readWide(cursor, width))
  }
  cursor.bit = start + width
  const folded = peekBits(words, start) >>> (32 - width)
  return (folded >>> 1) ^ -(folded & 1)
}
