export type MetricKind = 'counter' | 'gauge' | 'histogram' | 'summary'

/** What a metric of the catalogue is: everything that its readers may rely on. */
export interface MetricDefinition<Kind extends MetricKind = MetricKind, Label extends string = string> {
  /** As Prometheus names it: snake_case, base units, the unit last, `_total` on counters. */
  readonly name: string
  readonly type: Kind
  /** The base unit of the value, where it has one. */
  readonly unit?: 'seconds' | 'bytes' | 'ratio'
  readonly labels: readonly Label[]
  readonly help: string
  /** Histograms only: upper bounds, ascending, in `unit`, without +Inf. */
  readonly buckets?: readonly number[]
}

/** Metrics by the name that code calls them. */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>

/** Metrics whose key is their name. */
export type NamedByKey = Readonly<Record<string, Pick<MetricDefinition, 'type' | 'labels' | 'help'>>>

/** Definitions whose names are their keys, as others have fixed them; the unit is what the name says. */
export function nameByKey<const T extends NamedByKey>(
  metrics: T,
): { readonly [Name in keyof T]: T[Name] & MetricDefinition } {
  const named = Object.entries(metrics).map(([name, metric]) => {
    const [, unit] = /_(seconds|bytes)(?:_total)?$/.exec(name) ?? []
    return [name, { name, ...metric, ...(unit !== undefined && { unit }) }]
  })
  return Object.fromEntries(named)
}

/** Who publishes a metric: an application with the SDK, every service, or one of them. */
export type Publisher =
  | 'application'
  | 'every service'
  | 'collector'
  | 'alert-evaluator'
  | 'notifier'
  | 'health'
  | 'sla'
  | 'capacity'
  | 'host-agent'

/** Metrics that are read together, and what may be asked of them. */
export interface MetricGroup {
  readonly title: string
  readonly about: string
  readonly publishers: readonly Publisher[]
  readonly metrics: MetricDefinitions
  readonly examples: readonly { readonly question: string; readonly query: string }[]
}

/** Labels that say who published a series: the SDK and the services add them, a scraper may. */
export const identityLabels = ['service', 'instance'] as const

/** Buckets for what a user waits for: HTTP requests. Seconds. */
export const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10] as const
/** Buckets for what one request does many times: queries, vector searches, WASM calls. Seconds. */
export const QUERY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] as const
/** Buckets for long work: agent executions, sync operations. Seconds. */
export const JOB_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] as const
