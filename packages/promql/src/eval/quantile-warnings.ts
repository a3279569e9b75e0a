import type { Position } from '../errors.ts'
import { formatFixed } from '../syntax/numbers.ts'
import type { Query } from './query.ts'

/** Warns of quantiles outside of [0, 1], each once. */
export function warnAboutQuantiles(query: Query, quantiles: Float64Array, at: Position): void {
  for (const q of new Set(quantiles)) {
    if (q >= 0 && q <= 1) continue
    query.annotations.warn(`quantile value should be between 0 and 1, got ${formatFloat(q)}`, at)
  }
}

/** A number as Go prints it with `%g`. */
export function formatFloat(value: number): string {
  return Number.isFinite(value) ? String(value) : formatFixed(value)
}
