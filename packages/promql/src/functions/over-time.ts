import type { FunctionName } from '../syntax/signatures.ts'
import { quantileOf } from './quantile.ts'
import { addTo, addToMean, meanOf, startMean, totalOf } from './summation.ts'
import type { RangeFunction, Window } from './window.ts'

const avgOverTime: RangeFunction = ({ values, from, to }) => {
  const mean = startMean(values[from] ?? 0)
  for (let i = from + 1; i < to; i++) addToMean(mean, values[i] ?? 0)
  return meanOf(mean)
}

const sumOverTime: RangeFunction = ({ values, from, to }) => {
  const running = { sum: 0, error: 0 }
  for (let i = from; i < to; i++) addTo(running, values[i] ?? 0)
  return totalOf(running)
}

const varianceOverTime: RangeFunction = ({ values, from, to }) => {
  const mean = { sum: 0, error: 0 }
  const squares = { sum: 0, error: 0 }
  let count = 0
  for (let i = from; i < to; i++) {
    const value = values[i] ?? 0
    const delta = value - (mean.sum + mean.error)
    addTo(mean, delta / ++count)
    addTo(squares, delta * (value - (mean.sum + mean.error)))
  }
  return (squares.sum + squares.error) / count
}

/** The index of the extreme value; any number beats a NaN. */
function extremeIndex({ values, from, to }: Window, beats: (value: number, best: number) => boolean): number {
  let best = from
  for (let i = from + 1; i < to; i++) {
    const bestValue = values[best] ?? 0
    if (beats(values[i] ?? 0, bestValue) || Number.isNaN(bestValue)) best = i
  }
  return best
}

const medianAbsoluteDeviation: RangeFunction = ({ values, from, to }) => {
  const sorted = values.slice(from, to)
  // Sorting would move a NaN out of the middle: it makes the result NaN instead.
  if (sorted.some(Number.isNaN)) return Number.NaN
  const median = quantileOf(0.5, sorted)
  return quantileOf(
    0.5,
    sorted.map((value) => Math.abs(value - median)),
  )
}

const changes: RangeFunction = ({ values, from, to }) => {
  let count = 0
  for (let i = from + 1; i < to; i++) {
    const before = values[i - 1] ?? 0
    const value = values[i] ?? 0
    if (value !== before && !(Number.isNaN(value) && Number.isNaN(before))) count++
  }
  return count
}

const resets: RangeFunction = ({ values, from, to }) => {
  let count = 0
  for (let i = from + 1; i < to; i++) if ((values[i] ?? 0) < (values[i - 1] ?? 0)) count++
  return count
}

const seconds = ({ timestamps }: Window, i: number): number => (timestamps[i] ?? 0) / 1000

/** Functions over a window's values, other than rates and regressions. */
export const OVER_TIME: Readonly<Partial<Record<FunctionName, RangeFunction>>> = {
  absent_over_time: () => 1,
  avg_over_time: avgOverTime,
  changes,
  count_over_time: ({ from, to }) => to - from,
  first_over_time: ({ values, from }) => values[from],
  last_over_time: ({ values, to }) => values[to - 1],
  mad_over_time: medianAbsoluteDeviation,
  max_over_time: (window) => window.values[extremeIndex(window, (value, best) => value > best)],
  min_over_time: (window) => window.values[extremeIndex(window, (value, best) => value < best)],
  present_over_time: () => 1,
  quantile_over_time: ({ values, from, to, params }) => quantileOf(params[0] ?? 0, values.slice(from, to)),
  resets,
  stddev_over_time: (window) => Math.sqrt(varianceOverTime(window) ?? 0),
  stdvar_over_time: varianceOverTime,
  sum_over_time: sumOverTime,
  ts_of_first_over_time: (window) => seconds(window, window.from),
  ts_of_last_over_time: (window) => seconds(window, window.to - 1),
  ts_of_max_over_time: (window) =>
    seconds(
      window,
      extremeIndex(window, (value, best) => value >= best),
    ),
  ts_of_min_over_time: (window) =>
    seconds(
      window,
      extremeIndex(window, (value, best) => value <= best),
    ),
}
