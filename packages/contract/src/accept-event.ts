import { areBounds, areLabels, hasOnly, isText } from './accept-parts.ts'
import { CONTRACT_VERSION, timestamp } from './envelope.ts'
import { METRIC_NAME, type MetricEvent, metricType } from './metric-event.ts'

const FIELDS: ReadonlySet<string> = new Set([
  'v',
  'id',
  'time',
  'source',
  'name',
  'type',
  'value',
  'labels',
  'help',
  'unit',
  'buckets',
])
const TYPES: ReadonlySet<unknown> = new Set(metricType.options)

/**
 * The event itself, when it plainly satisfies the schema `metricEvent`; undefined when the schema must decide. A test
 * holds the two together.
 */
export function acceptEvent(json: unknown): MetricEvent | undefined {
  if (!hasOnly(json, FIELDS)) return undefined
  const { v, id, time, source, name, type, value, labels, help, unit, buckets } = json
  const accepted =
    (v === undefined || v === CONTRACT_VERSION) &&
    (id === undefined || isText(id, 1, 200)) &&
    (time === undefined || timestamp.safeParse(time).success) &&
    (source === undefined || isText(source, 1, 200)) &&
    isText(name, 1, 512) &&
    METRIC_NAME.test(name as string) &&
    TYPES.has(type) &&
    Number.isFinite(value) &&
    (type !== 'counter' || (value as number) >= 0) &&
    (labels === undefined || areLabels(labels)) &&
    (help === undefined || isText(help, 0, 1024)) &&
    (unit === undefined || isText(unit, 0, 64)) &&
    (buckets === undefined || areBounds(buckets))
  return accepted ? (json as unknown as MetricEvent) : undefined
}
