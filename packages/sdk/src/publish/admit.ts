import {
  bucketBounds,
  exemplarLength,
  MAX_EXEMPLAR_LENGTH,
  type MetricDefinition,
  metricCatalogue,
  metricName,
  publishedLabels,
} from '@tocsin/contract'
import type { SeriesExemplar } from '../series/series-table.ts'
import type { Warn } from '../warn.ts'
import type { RawLabels, StoredMetric } from './prom-client.ts'
import { finiteBounds, type Part } from './read-series.ts'

export type RefusalReason = 'invalid_metric' | 'invalid_label' | 'too_many_series'

export interface Admission {
  readonly warn: Warn
  /** Counts series that are refused. */
  readonly refuse: (reason: RefusalReason, count?: number) => void
}

const definitions = new Map<string, MetricDefinition>(metricCatalogue.map((metric) => [metric.name, metric]))

/** A metric's descriptions as JSON: its own, and for a summary those of its sum and count. */
export type Descriptions = Readonly<Record<Part, string>>

/** Describes a metric as the contract wants it, or refuses it with one warning: null. */
export function describeMetric(
  metric: StoredMetric,
  name: string,
  admission: Admission,
): Descriptions | null {
  const no = (why: string) => {
    admission.warn(`metric ${name}`, `metric '${name}' is not published: ${why}`)
    admission.refuse('invalid_metric')
    return null
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

/** The labels of a series as JSON; null, with one warning, when the contract refuses them. */
export function admitLabels(name: string, raw: RawLabels, { warn, refuse }: Admission): string | null {
  const labels: Record<string, string> = {}
  for (const label of Object.keys(raw)) {
    const value = raw[label]
    if (value !== undefined) labels[label] = String(value)
  }
  const { success, error } = publishedLabels.safeParse(labels)
  if (success) return JSON.stringify(labels)
  const issue = error.issues[0]
  const label = String(issue?.path[0])
  const why = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message
  warn(`label ${name} ${label}`, `series of '${name}' are not published: label '${label}': ${why}`)
  refuse('invalid_label')
  return null
}

/** The labels of an exemplar as JSON; null for what the contract does not allow, which others may have recorded. */
export function admitExemplar({ labels, value, time }: SeriesExemplar): string | null {
  const allowed =
    Number.isFinite(value) &&
    Number.isSafeInteger(time) &&
    exemplarLength(labels) <= MAX_EXEMPLAR_LENGTH &&
    publishedLabels.safeParse(labels).success
  return allowed ? JSON.stringify(labels) : null
}
