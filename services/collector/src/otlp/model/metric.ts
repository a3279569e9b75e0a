import type { Attributes } from './attributes.ts'

export type Temporality = 'unspecified' | 'delta' | 'cumulative'
export const TEMPORALITIES: readonly [Temporality, ...Temporality[]] = ['unspecified', 'delta', 'cumulative']

/** What every data point has. Whole milliseconds since 1970; 0 when not given. */
export interface PointHead {
  readonly attributes: Attributes
  readonly startMs: number
  readonly timeMs: number
  /** The series has no value any more. */
  readonly ended: boolean
}

export interface NumberPoint extends PointHead {
  readonly value: number | undefined
  readonly exemplars: readonly Exemplar[]
}

export interface HistogramPoint extends PointHead {
  readonly count: number
  readonly sum: number | undefined
  /** One count a bucket, not cumulative; the last is that of +Inf. Empty when only count and sum are known. */
  readonly counts: readonly number[]
  readonly bounds: readonly number[]
  readonly exemplars: readonly Exemplar[]
}

/** Bucket `i` holds what is in (base^(offset+i), base^(offset+i+1)], base being 2^(2^-scale). */
export interface ExponentialBuckets {
  readonly offset: number
  readonly counts: readonly number[]
}

export interface ExponentialPoint extends PointHead {
  readonly count: number
  readonly sum: number | undefined
  readonly scale: number
  readonly zeroCount: number
  /** What is not farther from zero than this is counted as zero. */
  readonly zeroThreshold: number
  readonly positive: ExponentialBuckets
  readonly negative: ExponentialBuckets
  readonly exemplars: readonly Exemplar[]
}

export interface SummaryPoint extends PointHead {
  readonly count: number
  readonly sum: number
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[]
}

export interface Exemplar {
  readonly attributes: Attributes
  readonly timeMs: number
  readonly value: number | undefined
  /** Hexadecimal, lower case; empty when it is not valid. */
  readonly traceId: string
  readonly spanId: string
}

/** What a metric measures. Points are read while they are walked through, once. */
export type MetricData =
  | { readonly kind: 'gauge'; readonly points: Iterable<NumberPoint> }
  | {
      readonly kind: 'sum'
      readonly temporality: Temporality
      readonly monotonic: boolean
      readonly points: Iterable<NumberPoint>
    }
  | {
      readonly kind: 'histogram'
      readonly temporality: Temporality
      readonly points: Iterable<HistogramPoint>
    }
  | {
      readonly kind: 'exponential'
      readonly temporality: Temporality
      readonly points: Iterable<ExponentialPoint>
    }
  | { readonly kind: 'summary'; readonly points: Iterable<SummaryPoint> }

export interface Metric {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** Undefined for a kind that is not known here, or none. */
  readonly data: MetricData | undefined
}

export interface Scope {
  readonly name: string
  readonly version: string
  readonly attributes: Attributes
}

/** The metrics of one resource and scope. Walk through them before going on to the next. */
export interface ScopeMetrics {
  readonly resource: Attributes
  readonly scope: Scope
  readonly metrics: Iterable<Metric>
}
