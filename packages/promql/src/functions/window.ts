/** The samples of one series that a range function sees at one step: indices `from` to `to`, the end exclusive. */
export interface Window {
  timestamps: Float64Array
  values: Float64Array
  from: number
  to: number
  /** No value is lower than the one before it; false where that is not known. */
  rises: boolean
  /** The window is `(endMs - rangeMs, endMs]`. */
  endMs: number
  rangeMs: number
  /** The step's own time; differs from `endMs` by `offset` and `@`. */
  timeMs: number
  /** The scalar arguments at this step. */
  params: readonly number[]
}

/** A function over a window that holds at least one sample; undefined: no result at this step. */
export type RangeFunction = (window: Window) => number | undefined
