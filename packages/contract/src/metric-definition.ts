/** What a metric of the catalogue is: everything that its readers may rely on. */
export interface MetricDefinition {
  /** As Prometheus names it: snake_case, base units, the unit last, `_total` on counters. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  /** The base unit of the value, where it has one. */
  readonly unit?: 'seconds' | 'bytes'
  readonly labels: readonly string[]
  readonly help: string
  /** Histograms only: upper bounds, ascending, in `unit`, without +Inf. */
  readonly buckets?: readonly number[]
}

/** Buckets for what a user waits for: HTTP requests. Seconds. */
export const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10] as const
/** Buckets for what one request does many times: queries, vector searches, WASM calls. Seconds. */
export const QUERY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] as const
/** Buckets for long work: agent executions, sync operations. Seconds. */
export const JOB_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] as const
