/** A bucket of a classic histogram: how many observations were at most `bound`. */
export interface Bucket {
  bound: number
  count: number
}

/** What a quantile of a classic histogram came out as, and what had to be repaired for it. */
export interface BucketQuantile {
  readonly value: number
  /** Counts decreased between buckets by more than rounding explains. */
  readonly forcedMonotonic: boolean
}

/** Differences in this relation to the counts are rounding. */
const TOLERANCE = 1e-12
const SMALLEST_NORMAL = 2 ** -1022
const INFINITE = Number.POSITIVE_INFINITY

/** The φ-quantile of a classic histogram, interpolated within a bucket. Sorts and repairs `buckets`. */
export function bucketQuantile(q: number, buckets: Bucket[]): BucketQuantile {
  const plain = (value: number): BucketQuantile => ({ value, forcedMonotonic: false })
  if (Number.isNaN(q)) return plain(Number.NaN)
  if (q < 0) return plain(Number.NEGATIVE_INFINITY)
  if (q > 1) return plain(INFINITE)
  const merged = prepare(buckets)
  if (!merged) return plain(Number.NaN)
  const forcedMonotonic = forceMonotonic(merged)
  return { value: interpolateQuantile(q, merged), forcedMonotonic }
}

function interpolateQuantile(q: number, buckets: readonly Bucket[]): number {
  const last = buckets.length - 1
  const observations = buckets[last]?.count ?? 0
  if (buckets.length < 2 || observations === 0) return Number.NaN
  const rank = q * observations
  const at = firstReaching(rank, buckets)
  const { bound = 0, count = 0 } = buckets[at] ?? {}
  if (at === last) return buckets[last - 1]?.bound ?? Number.NaN
  if (at === 0 && bound <= 0) return bound
  const below = buckets[at - 1]
  const lower = below?.bound ?? 0
  const before = below?.count ?? 0
  return lower + (bound - lower) * ((rank - before) / (count - before))
}

/** A binary search, as counts that are NaN show: the last bucket when no other reaches the rank. */
function firstReaching(rank: number, buckets: readonly Bucket[]): number {
  let from = 0
  let to = buckets.length - 1
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((buckets[middle]?.count ?? 0) >= rank) to = middle
    else from = middle + 1
  }
  return from
}

/** The fraction of observations between two bounds of a classic histogram. Sorts `buckets`. */
export function bucketFraction(lower: number, upper: number, buckets: Bucket[]): number {
  const merged = prepare(buckets)
  const total = merged?.at(-1)?.count ?? 0
  if (!merged || total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN
  if (lower >= upper) return 0
  return (Math.min(rankOf(upper, merged), total) - Math.min(rankOf(lower, merged), total)) / total
}

/** How many observations lie below a value; within a bucket without bounds none do. */
function rankOf(value: number, buckets: readonly Bucket[]): number {
  let rank = 0
  for (const [i, { bound, count }] of buckets.entries()) {
    const below = buckets[i - 1]?.bound ?? (bound > 0 ? 0 : Number.NEGATIVE_INFINITY)
    if (below >= value) return rank
    if (bound > value) {
      return below === Number.NEGATIVE_INFINITY
        ? count
        : rank + ((count - rank) * (value - below)) / (bound - below)
    }
    rank = count
  }
  return rank
}

/** Sorted, equal bounds merged; undefined without a bucket for everything (`+Inf`). */
function prepare(buckets: Bucket[]): Bucket[] | undefined {
  buckets.sort((a, b) => (a.bound === b.bound ? 0 : a.bound < b.bound ? -1 : 1))
  if (buckets.at(-1)?.bound !== INFINITE) return undefined
  const merged: Bucket[] = []
  for (const bucket of buckets) {
    const last = merged.at(-1)
    if (last?.bound === bucket.bound) last.count += bucket.count
    else merged.push({ ...bucket })
  }
  return merged
}

/** Cumulative counts cannot fall: small dips are rounding, larger ones are levelled and reported. */
function forceMonotonic(buckets: readonly Bucket[]): boolean {
  let forced = false
  let before = buckets[0]?.count ?? 0
  for (const bucket of buckets.slice(1)) {
    if (bucket.count === before) continue
    if (almostEqual(before, bucket.count)) bucket.count = before
    else if (bucket.count < before) {
      bucket.count = before
      forced = true
    } else before = bucket.count
  }
  return forced
}

function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < TOLERANCE * SMALLEST_NORMAL
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE
}
