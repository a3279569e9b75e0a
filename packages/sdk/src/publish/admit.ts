import {
  bucketBounds,
  type MetricDefinition,
  metricCatalogue,
  metricName,
  publishedLabels,
} from '@tocsin/contract'
import type { Warn } from '../warn.ts'
import type { RawLabels, StoredMetric } from './prom-client.ts'
import { finiteBounds, type Part } from './read-series.ts'

export type RefusalReason = 'invalid_metric' | 'invalid_label'

export interface Admission {
  readonly warn: Warn
  /** Counts a series that is refused. */
  readonly refuse: (reason: RefusalReason) => void
  /** Labels that every series gets, unless it has them itself. */
  readonly labels: Readonly<Record<string, string>>
}

const definitions = new Map<string, MetricDefinition>(metricCatalogue.map((metric) => [metric.name, metric]))

/** A metric's descriptions as JSON: its own, and for a summary those of its sum and count. */
export type Descriptions = Readonly<Record<Part, string>>

/** Describes a metric as the contract wants it, or refuses it with one warning. */
export function describeMetric(
  metric: StoredMetric,
  name: string,
  admission: Admission,
): Descriptions | undefined {
  const no = (why: string) => {
    admission.warn(`metric ${name}`, `metric '${name}' is not published: ${why}`)
    admission.refuse('invalid_metric')
    return undefined
  }
  if (!metricName.safeParse(name).success) return no('its name is not one that every Prometheus accepts')
  if (typeof metric.hashMap !== 'object') return no('it is not one of prom-client 14 or 15')
  const unit = definitions.get(name)?.unit
  const { type, help } = metric
  const buckets = type === 'histogram' ? finiteBounds(metric.upperBounds) : undefined
  const { error } = bucketBounds.optional().safeParse(buckets)
  if (error) return no(`its buckets: ${error.issues[0]?.message}`)
  // JSON.stringify leaves out what is undefined. A part has the type of the family it belongs to.
  const json = (part: Part) => JSON.stringify({ name: `${name}${part}`, type, help, unit, buckets })
  return { '': json(''), _sum: json('_sum'), _count: json('_count') }
}

/** The labels of a series as JSON text, ours added; undefined, with one warning, when the contract refuses them. */
export function admitLabels(
  name: string,
  raw: RawLabels,
  { warn, refuse, labels }: Admission,
): string | undefined {
  const own: Record<string, string> = { ...labels }
  for (const label of Object.keys(raw)) {
    const value = raw[label]
    if (value !== undefined) own[label] = String(value)
  }
  const { success, error } = publishedLabels.safeParse(own)
  if (success) return JSON.stringify(own)
  const issue = error.issues[0]
  const label = String(issue?.path[0])
  const why = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message
  warn(`label ${name} ${label}`, `series of '${name}' are not published: label '${label}': ${why}`)
  refuse('invalid_label')
  return undefined
}
