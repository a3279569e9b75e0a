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

/** As `lowerBound`, for a time near the end: what is read again and again are the newest samples, side by side. */
export function lowerBoundFromEnd(times: Float64Array, from: number, end: number, time: number): number {
  let high = end
  let stride = 1
  while (high - stride >= from && (times[high - stride] ?? 0) >= time) {
    high -= stride
    stride *= 2
  }
  return lowerBound(times, Math.max(from, high - stride), high, time)
}
