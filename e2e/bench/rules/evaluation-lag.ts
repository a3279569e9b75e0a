interface Bucket {
  readonly bound: number
  readonly count: number
}

/** A histogram at one moment. */
export interface LagHistogram {
  readonly count: number
  /** In seconds, interpolated within a bucket as `histogram_quantile` does. */
  quantile(share: number): number
  /** What came after an earlier moment. */
  since(before: LagHistogram): LagHistogram
  readonly buckets: readonly Bucket[]
}

/** What an evaluator says of the time from an event to its evaluation. */
export async function evaluationLag(url: string): Promise<LagHistogram> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.matchAll(/^tocsin_event_lag_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm)
  return histogram(
    [...lines].map(([, bound, count]) => ({
      bound: bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound),
      count: Number(count),
    })),
  )
}

function histogram(buckets: readonly Bucket[]): LagHistogram {
  const count = buckets.at(-1)?.count ?? 0
  return {
    count,
    buckets,
    quantile(share) {
      const rank = share * count
      const at = buckets.findIndex((bucket) => bucket.count >= rank)
      const [low, high] = [buckets[at - 1] ?? { bound: 0, count: 0 }, buckets[at]]
      if (!high || !Number.isFinite(high.bound)) return low.bound
      return low.bound + ((high.bound - low.bound) * (rank - low.count)) / (high.count - low.count)
    },
    since: (before) =>
      histogram(
        buckets.map(({ bound, count: now }, i) => ({ bound, count: now - (before.buckets[i]?.count ?? 0) })),
      ),
  }
}
