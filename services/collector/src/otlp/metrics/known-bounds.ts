/** Remembers the bounds of histograms: a point that ends one does not say them. */
export interface KnownBounds {
  get(source: string, metric: string): readonly number[]
  set(source: string, metric: string, bounds: readonly number[]): void
}

/** All are forgotten beyond this, and known again with the next points. */
const MOST_METRICS = 10_000

export function createKnownBounds(): KnownBounds {
  const known = new Map<string, readonly number[]>()
  const key = (source: string, metric: string) => `${metric} ${source}`
  return {
    get: (source, metric) => known.get(key(source, metric)) ?? [],
    set(source, metric, bounds) {
      if (known.size >= MOST_METRICS) known.clear()
      known.set(key(source, metric), bounds)
    },
  }
}
