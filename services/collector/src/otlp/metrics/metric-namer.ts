import { type OtlpName, type PrometheusName, prometheusName } from './metric-name.ts'

export interface NameCollision {
  readonly name: string
  /** Two metrics of OpenTelemetry that have that name in Prometheus. */
  readonly metrics: readonly [string, string]
}

/** The name of a metric in Prometheus; the same work is done once. */
export type MetricNamer = (metric: OtlpName) => PrometheusName | undefined

/** All are forgotten beyond this, and formed anew. */
const MOST_NAMES = 10_000
/** Longer ones are formed every time: what is remembered has a bound. */
const LONGEST_KEPT = 1000

/** `onCollision` is told once of every pair: what they measure runs together wherever their labels are the same. */
export function createMetricNamer(onCollision: (collision: NameCollision) => void): MetricNamer {
  const names = new Map<string, PrometheusName | undefined>()
  const owners = new Map<string, string>()

  return (metric) => {
    if (metric.name.length + metric.unit.length > LONGEST_KEPT) return prometheusName(metric)
    const key = `${metric.kind} ${metric.unit} ${metric.name}`
    if (names.has(key)) return names.get(key)
    if (names.size >= MOST_NAMES) {
      names.clear()
      owners.clear()
    }
    const formed = prometheusName(metric)
    names.set(key, formed)
    if (formed === undefined) return undefined
    const owner = owners.get(formed.name)
    if (owner === undefined) owners.set(formed.name, metric.name)
    else if (owner !== metric.name) onCollision({ name: formed.name, metrics: [owner, metric.name] })
    return formed
  }
}
