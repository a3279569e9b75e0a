import { bitLength, foldSign } from './bit-cursor.ts'

/** Three sizes for residuals, chosen per column: a zero is one bit, the others carry a prefix and one of these widths. */
export interface Widths {
  readonly small: number
  readonly medium: number
  /** Enough for every residual; 0 when all are zero, and then nothing is written. */
  readonly large: number
  /** Low bits that are zero in every residual (memory moves in pages), left out. */
  readonly shift: number
}

const NOTHING: Widths = { small: 0, medium: 0, large: 0, shift: 0 }

const MAX_WIDTH = 53
// Chunks are packed one at a time, so that one histogram does for all.
const withinWidth = new Uint32Array(MAX_WIDTH + 1)

/** Chooses the widths that cost least for the first `count` residuals. */
export function chooseWidths(residuals: Float64Array, count: number): Widths {
  const shift = commonShift(residuals, count)
  const fraction = 1 / 2 ** shift
  withinWidth.fill(0)
  let large = 0
  for (let i = 0; i < count; i++) {
    const length = bitLength(foldSign((residuals[i] ?? 0) * fraction))
    withinWidth[length] = (withinWidth[length] ?? 0) + 1
    if (length > large) large = length
  }
  if (large === 0) return NOTHING
  for (let width = 1; width <= large; width++)
    withinWidth[width] = (withinWidth[width] ?? 0) + (withinWidth[width - 1] ?? 0)
  const zeros = withinWidth[0] ?? 0
  let small = large
  let medium = large
  let least = Number.POSITIVE_INFINITY
  for (let m = 1; m <= large; m++) {
    const toMedium = withinWidth[m] ?? 0
    const beyond = (count - toMedium) * (3 + large)
    for (let s = 1; s <= m; s++) {
      const toSmall = withinWidth[s] ?? 0
      const bits = (toSmall - zeros) * (2 + s) + (toMedium - toSmall) * (3 + m) + beyond
      if (bits >= least) continue
      small = s
      medium = m
      least = bits
    }
  }
  return { small, medium, large, shift }
}

function commonShift(residuals: Float64Array, count: number): number {
  let bits = 0
  for (let i = 0; i < count; i++) bits |= residuals[i] ?? 0
  return bits === 0 ? 0 : 31 - Math.clz32(bits & -bits)
}
