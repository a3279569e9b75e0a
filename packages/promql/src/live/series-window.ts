import { isStaleAt, type Labels, writeStaleAt } from '../storage.ts'

/** The newest samples of one series, kept uncompressed while rules look at them: indices `from` to `to`. */
export interface SeriesWindow {
  readonly labels: Labels
  timestamps: Float64Array
  values: Float64Array
  from: number
  to: number
  /** Whether its selector still lists it: a series that ended is taken off the list. */
  listed: boolean
  /** How many of the samples are staleness markers. */
  stales: number
}

const SMALLEST = 16

export function createSeriesWindow(labels: Labels): SeriesWindow {
  const timestamps = new Float64Array(SMALLEST)
  return {
    labels,
    timestamps,
    values: new Float64Array(SMALLEST),
    from: 0,
    to: 0,
    listed: false,
    stales: 0,
  }
}

/** Adds a sample; one with the same time is replaced, an older one takes its place in between. */
export function pushSample(window: SeriesWindow, timestampMs: number, value: number, stale: boolean): void {
  if (window.to === window.timestamps.length) makeRoom(window)
  const { timestamps, values, from, to } = window
  let at = to
  while (at > from && (timestamps[at - 1] ?? 0) >= timestampMs) at--
  if (at === to || timestamps[at] !== timestampMs) {
    if (at < to) {
      timestamps.copyWithin(at + 1, at, to)
      values.copyWithin(at + 1, at, to)
    }
    window.to = to + 1
  } else if (window.stales > 0 && isStaleAt(values, at)) window.stales--
  timestamps[at] = timestampMs
  if (stale) {
    writeStaleAt(values, at)
    window.stales++
  } else values[at] = value
}

/** Moves the samples to the front, or to larger arrays when they fill more than half. */
function makeRoom(window: SeriesWindow): void {
  const { timestamps, values, from, to } = window
  const count = to - from
  if (count * 2 <= timestamps.length) {
    timestamps.copyWithin(0, from, to)
    values.copyWithin(0, from, to)
  } else {
    // Copied as bytes, so that staleness markers keep their bits.
    window.timestamps = new Float64Array(timestamps.length * 2)
    window.values = new Float64Array(timestamps.length * 2)
    window.timestamps.set(timestamps.subarray(from, to))
    window.values.set(values.subarray(from, to))
  }
  window.from = 0
  window.to = count
}

/** Forgets samples up to and including a time; whether there were any. */
export function forgetUntil(window: SeriesWindow, timestampMs: number): boolean {
  const { timestamps, to } = window
  const before = window.from
  let from = before
  while (from < to && (timestamps[from] ?? 0) <= timestampMs) {
    if (window.stales > 0 && isStaleAt(window.values, from)) window.stales--
    from++
  }
  if (from === before) return false
  window.from = from
  return true
}

/** Samples there are arrays for. */
export function capacityOf({ timestamps }: SeriesWindow): number {
  return timestamps.length
}

export function newestTime({ timestamps, from, to }: SeriesWindow): number {
  return to > from ? (timestamps[to - 1] ?? 0) : Number.NEGATIVE_INFINITY
}
