/** What a head keeps and refuses. Every option has a default. */
export interface HeadOptions {
  /** Samples older than this are dropped by `maintain`; milliseconds. Default 6 h. */
  readonly retentionMs?: number
  /** Estimated bytes the head may use; beyond, the oldest packed samples go first. Default 512 MiB. */
  readonly maxBytes?: number
  /** How far behind a series' newest sample another may come; milliseconds. Default 30 min. */
  readonly outOfOrderWindowMs?: number
  /** Series of one metric name. Default 50,000. */
  readonly maxSeriesPerMetric?: number
  /** Series that one source may create. Default 100,000. */
  readonly maxSeriesPerSource?: number
  /** Series in all. Default 500,000. */
  readonly maxSeries?: number
  /** Samples a series collects before they are packed; 8 to 256. Default 128. */
  readonly chunkSamples?: number
  /** A series without samples for this long has its open samples packed by `maintain`; milliseconds. Default 10 min. */
  readonly idleMs?: number
  /** Exemplars in all; beyond, the oldest go. Default 20,000; 0 keeps none. */
  readonly maxExemplars?: number
}

export type HeadLimits = Required<HeadOptions>

const MINUTE = 60_000

const DEFAULTS: HeadLimits = {
  retentionMs: 360 * MINUTE,
  maxBytes: 512 * 1024 * 1024,
  outOfOrderWindowMs: 30 * MINUTE,
  maxSeriesPerMetric: 50_000,
  maxSeriesPerSource: 100_000,
  maxSeries: 500_000,
  chunkSamples: 128,
  idleMs: 10 * MINUTE,
  maxExemplars: 20_000,
}

export function resolveOptions(options: HeadOptions): HeadLimits {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const limits = { ...DEFAULTS, ...given }
  return { ...limits, chunkSamples: Math.min(Math.max(Math.trunc(limits.chunkSamples), 8), 256) }
}
