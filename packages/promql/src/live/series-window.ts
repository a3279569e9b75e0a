import { type Labels, type SeriesSamples, writeStaleAt } from '../storage.ts'

/** The newest samples of one series, kept uncompressed while rules look at them. */
export interface SeriesWindow {
  readonly labels: Labels
  /** Adds a sample; one with the same time is replaced, an older one takes its place in between. */
  push(timestampMs: number, value: number, stale: boolean): void
  /** Forgets samples up to and including `timestampMs`. */
  forgetUntil(timestampMs: number): void
  /** The newest sample's time; −Infinity when there is none. */
  newestMs(): number
  oldestMs(): number
  /** A view of all samples, valid until the next `push`. */
  view(): SeriesSamples
}

const SMALLEST = 16

export function createSeriesWindow(labels: Labels): SeriesWindow {
  let timestamps = new Float64Array(SMALLEST)
  let values = new Float64Array(SMALLEST)
  let from = 0
  let to = 0
  let viewed: SeriesSamples | undefined

  function makeRoom(): void {
    if (to < timestamps.length) return
    const count = to - from
    const moved = count * 2 <= timestamps.length ? timestamps : new Float64Array(timestamps.length * 2)
    const movedValues = moved === timestamps ? values : new Float64Array(moved.length)
    // Copies bytes, so staleness markers keep their bits.
    moved.set(timestamps.subarray(from, to))
    movedValues.set(values.subarray(from, to))
    timestamps = moved
    values = movedValues
    from = 0
    to = count
  }

  function placeOf(timestampMs: number): number {
    let at = to
    while (at > from && (timestamps[at - 1] ?? 0) >= timestampMs) at--
    return at
  }

  return {
    labels,
    push(timestampMs, value, stale) {
      makeRoom()
      viewed = undefined
      const at = placeOf(timestampMs)
      if (at === to || timestamps[at] !== timestampMs) {
        timestamps.copyWithin(at + 1, at, to)
        values.copyWithin(at + 1, at, to)
        to++
      }
      timestamps[at] = timestampMs
      if (stale) writeStaleAt(values, at)
      else values[at] = value
    },
    forgetUntil(timestampMs) {
      const before = from
      while (from < to && (timestamps[from] ?? 0) <= timestampMs) from++
      if (from !== before) viewed = undefined
    },
    newestMs: () => (to > from ? (timestamps[to - 1] ?? 0) : Number.NEGATIVE_INFINITY),
    oldestMs: () => (to > from ? (timestamps[from] ?? 0) : Number.POSITIVE_INFINITY),
    view() {
      viewed ??= { labels, timestamps: timestamps.subarray(from, to), values: values.subarray(from, to) }
      return viewed
    },
  }
}
