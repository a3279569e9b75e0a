/** The first index in `from` to `end` whose timestamp is at or after `time`, else `end`. */
export function lowerBound(times: Float64Array, from: number, end: number, time: number): number {
  let low = from
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** The first index in `from` to `end` whose timestamp is after `time`, else `end`. */
export function upperBound(times: Float64Array, from: number, end: number, time: number): number {
  let low = from
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low
}
