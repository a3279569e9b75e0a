/** Consecutive buckets: number `offset + i` holds what is in (base^(offset+i), base^(offset+i+1)], base being 2^(2^-scale). */
export interface ExponentialRun {
  readonly offset: number
  readonly counts: readonly number[]
}

/** A histogram whose buckets grow exponentially: Prometheus' native ones, and OpenTelemetry's. */
export interface ExponentialHistogram {
  readonly scale: number
  readonly count: number
  readonly zeroCount: number
  /** What is not farther from zero than this is counted as zero. */
  readonly zeroThreshold: number
  readonly positive: readonly ExponentialRun[]
  readonly negative: readonly ExponentialRun[]
}

// 2^-20 s is about a microsecond, 2^12 s more than an hour; 2^40 bytes are a tebibyte.
const SECONDS = powersOfTwo(-20, 12)
const BYTES = powersOfTwo(0, 40)
const ANYTHING = powersOfTwo(-20, 40)

/**
 * The bounds that a metric's exponential histograms are given as classic buckets. The name alone decides, since the
 * bounds of a series must stay: a restart, a reset or another resolution must not change them.
 */
export function classicBounds(metric: string): readonly number[] {
  if (metric.endsWith('_seconds')) return SECONDS
  return metric.endsWith('_bytes') ? BYTES : ANYTHING
}

/**
 * Counts cumulative over bounds that are consecutive powers of two, +Inf last. Exact from scale 0 up, where no bucket
 * crosses such a bound; a coarser bucket is counted at its upper bound. Negative observations are below the first bound.
 */
export function toClassicCounts(histogram: ExponentialHistogram, bounds: readonly number[]): number[] {
  const { scale, zeroThreshold } = histogram
  const counts = new Array<number>(bounds.length + 1).fill(0)
  const add = (place: number, count: number) => {
    counts[place] = (counts[place] ?? 0) + count
  }
  const first = Math.log2(bounds[0] ?? 1)
  for (const { offset, counts: own } of histogram.positive)
    for (let i = 0; i < own.length; i++) {
      const exponent = Math.ceil((offset + i + 1) / 2 ** scale)
      add(Math.min(Math.max(exponent - first, 0), bounds.length), own[i] ?? 0)
    }
  const zeroPlace = bounds.findIndex((bound) => bound >= zeroThreshold)
  add(zeroPlace < 0 ? bounds.length : zeroPlace, histogram.zeroCount)
  for (const { counts: own } of histogram.negative) for (const count of own) add(0, count)
  for (let i = 1; i < counts.length; i++) add(i, counts[i - 1] ?? 0)
  // NaN is observed too, and in no bucket but +Inf.
  counts[bounds.length] = Math.max(counts[bounds.length] ?? 0, histogram.count)
  return counts
}

function powersOfTwo(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => 2 ** (from + i))
}
