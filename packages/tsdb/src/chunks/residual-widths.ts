import { bitLength, foldSign } from './bit-cursor.ts'

/** Three sizes for residuals, chosen per column: a zero is one bit, the others carry a prefix and one of these widths. */
export interface Widths {
  readonly small: number
  readonly medium: number
  /** Enough for every residual; 0 when all are zero, and then nothing is written. */
  readonly large: number
  /** Low bits that are zero in every residual (memory moves in pages), left out. */
  readonly shift: number
  /** What all residuals cost. */
  readonly bits: number
}

const MAX_WIDTH = 53
// Chunks are packed one at a time, so that one histogram does for all.
const withinWidth = new Uint32Array(MAX_WIDTH + 1)

/** Chooses the widths that cost least. */
export function chooseWidths(residuals: Float64Array): Widths {
  const shift = commonShift(residuals)
  const unit = 2 ** shift
  withinWidth.fill(0)
  let large = 0
  for (let i = 0; i < residuals.length; i++) {
    const length = bitLength(foldSign((residuals[i] ?? 0) / unit))
    withinWidth[length] = (withinWidth[length] ?? 0) + 1
    if (length > large) large = length
  }
  if (large === 0) return { small: 0, medium: 0, large: 0, shift: 0, bits: 0 }
  for (let width = 1; width <= large; width++)
    withinWidth[width] = (withinWidth[width] ?? 0) + (withinWidth[width - 1] ?? 0)
  const zeros = withinWidth[0] ?? 0
  let best = { small: large, medium: large, bits: Number.POSITIVE_INFINITY }
  for (let medium = 1; medium <= large; medium++) {
    const toMedium = withinWidth[medium] ?? 0
    const beyond = (residuals.length - toMedium) * (3 + large)
    for (let small = 1; small <= medium; small++) {
      const toSmall = withinWidth[small] ?? 0
      const bits = zeros + (toSmall - zeros) * (2 + small) + (toMedium - toSmall) * (3 + medium) + beyond
      if (bits < best.bits) best = { small, medium, bits }
    }
  }
  return { ...best, large, shift }
}

function commonShift(residuals: Float64Array): number {
  let bits = 0
  for (let i = 0; i < residuals.length; i++) bits |= residuals[i] ?? 0
  return bits === 0 ? 0 : 31 - Math.clz32(bits & -bits)
}
