import type { FunctionName } from '../syntax/signatures.ts'
import type { RangeFunction, Window } from './window.ts'

/** How much a counter rose across its resets, or by how much a gauge changed. */
function riseOf({ values, from, to, rises }: Window, counter: boolean): number {
  let rise = (values[to - 1] ?? 0) - (values[from] ?? 0)
  if (!counter || rises) return rise
  for (let i = from + 1; i < to; i++) {
    const before = values[i - 1] ?? 0
    if ((values[i] ?? 0) < before) rise += before
  }
  return rise
}

/**
 * `rate`, `increase` and `delta`: the change between the window's first and last sample, extrapolated
 * to the window's bounds when they are about one sampling interval away, else by half an interval.
 */
function extrapolate(window: Window, rise: number, counter: boolean, perSecond: boolean): number {
  const { timestamps, values, from, to, endMs, rangeMs } = window
  const firstMs = timestamps[from] ?? 0
  const lastMs = timestamps[to - 1] ?? 0
  const sampled = (lastMs - firstMs) / 1000
  const interval = sampled / (to - from - 1)
  const threshold = interval * 1.1
  let toStart = (firstMs - (endMs - rangeMs)) / 1000
  let toEnd = (endMs - lastMs) / 1000
  if (toStart >= threshold) toStart = interval / 2
  const first = values[from] ?? 0
  if (counter && rise > 0 && first >= 0) {
    // A counter does not go below zero: it cannot have begun before it was there.
    toStart = Math.min(toStart, sampled * (first / rise))
  }
  if (toEnd >= threshold) toEnd = interval / 2
  let factor = (sampled + toStart + toEnd) / sampled
  if (perSecond) factor /= rangeMs / 1000
  return rise * factor
}

function extrapolated(counter: boolean, perSecond: boolean): RangeFunction {
  return (window) => {
    if (window.to - window.from < 2) return undefined
    return extrapolate(window, riseOf(window, counter), counter, perSecond)
  }
}

/** The change between the last two samples. */
function instant(perSecond: boolean): RangeFunction {
  return ({ timestamps, values, from, to }) => {
    if (to - from < 2) return undefined
    const last = values[to - 1] ?? 0
    const before = values[to - 2] ?? 0
    const intervalMs = (timestamps[to - 1] ?? 0) - (timestamps[to - 2] ?? 0)
    if (intervalMs === 0) return undefined
    const change = perSecond && last < before ? last : last - before
    return perSecond ? change / (intervalMs / 1000) : change
  }
}

/** Functions of how fast a series changes. */
export const RATES: Readonly<Partial<Record<FunctionName, RangeFunction>>> = {
  delta: extrapolated(false, false),
  idelta: instant(false),
  increase: extrapolated(true, false),
  irate: instant(true),
  rate: extrapolated(true, true),
}
