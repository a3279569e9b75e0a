import {
  areBounds,
  areLabels,
  every,
  hasOnly,
  isCount,
  isIndex,
  isLabelName,
  isOptionalText,
  isPlainObject,
  isText,
} from './accept-parts.ts'
import { CONTRACT_VERSION, timestamp } from './envelope.ts'
import {
  BATCH_METRIC_TYPES,
  exemplarLength,
  MAX_EXEMPLAR_LENGTH,
  METRIC_NAME,
  type MetricBatch,
} from './metric-event.ts'

/**
 * The batch itself, when it plainly satisfies the schema `metricBatch`; undefined when the schema must decide. A
 * reader of many samples spends most of its time on their schema otherwise; a test holds the two together.
 */
export function acceptBatch(json: object): MetricBatch | undefined {
  if (!hasOnly(json, BATCH_FIELDS)) return undefined
  const { v, id, time, source, dictionary, metadata, metrics, series, created, exemplars, samples } =
    json as Readonly<Record<string, unknown>>
  const accepted =
    v === CONTRACT_VERSION &&
    isText(id, 1, 200) &&
    isText(source, 1, 200) &&
    timestamp.safeParse(time).success &&
    (dictionary === undefined || isDictionary(dictionary)) &&
    (metadata === undefined || every(metadata, isMetadata)) &&
    every(metrics, isMetric) &&
    every(series, isSeries) &&
    (created === undefined || every(created, isCreated)) &&
    (exemplars === undefined || every(exemplars, isExemplar)) &&
    every(samples, isSample)
  return accepted ? (json as MetricBatch) : undefined
}

const BATCH_FIELDS: ReadonlySet<string> = new Set([
  'v',
  'id',
  'time',
  'source',
  'dictionary',
  'metadata',
  'metrics',
  'series',
  'created',
  'exemplars',
  'samples',
])
const DICTIONARY_FIELDS: ReadonlySet<string> = new Set(['publisher', 'edition', 'metrics', 'series'])
const METADATA_FIELDS: ReadonlySet<string> = new Set(['name', 'type', 'help', 'unit'])
const METRIC_FIELDS: ReadonlySet<string> = new Set([...METADATA_FIELDS, 'buckets', 'temporality'])
const TYPES: ReadonlySet<unknown> = new Set(BATCH_METRIC_TYPES)
const SPECIAL_VALUES: ReadonlySet<unknown> = new Set(['NaN', '+Inf', '-Inf', 'stale'])

function isDictionary(dictionary: unknown): boolean {
  if (!hasOnly(dictionary, DICTIONARY_FIELDS)) return false
  const { publisher, edition, metrics, series } = dictionary
  return isText(publisher, 1, 200) && isIndex(edition) && isIndex(metrics) && isIndex(series)
}

function isMetadata(metadata: unknown): boolean {
  return hasOnly(metadata, METADATA_FIELDS) && isDescribed(metadata)
}

function isMetric(metric: unknown): boolean {
  if (!hasOnly(metric, METRIC_FIELDS) || !isDescribed(metric)) return false
  const { buckets, temporality } = metric
  return (
    (buckets === undefined || areBounds(buckets)) && (temporality === undefined || temporality === 'delta')
  )
}

function isDescribed({ name, type, help, unit }: Readonly<Record<string, unknown>>): boolean {
  return (
    isText(name, 1, 512) &&
    METRIC_NAME.test(name as string) &&
    TYPES.has(type) &&
    isOptionalText(help) &&
    isOptionalText(unit)
  )
}

function isCreated(created: unknown): boolean {
  return Array.isArray(created) && created.length === 2 && isIndex(created[0]) && isIndex(created[1])
}

/** `[series, labels, value]`, with a time behind perhaps. */
function isExemplar(exemplar: unknown): boolean {
  if (!Array.isArray(exemplar) || exemplar.length < 3 || exemplar.length > 4) return false
  const [series, labels, value, time] = exemplar
  return (
    isIndex(series) &&
    areExemplarLabels(labels) &&
    Number.isFinite(value) &&
    (exemplar.length === 3 || isIndex(time))
  )
}

function areExemplarLabels(labels: unknown): boolean {
  if (!isPlainObject(labels)) return false
  for (const name in labels) if (!isLabelName(name) || typeof labels[name] !== 'string') return false
  return exemplarLength(labels as Readonly<Record<string, string>>) <= MAX_EXEMPLAR_LENGTH
}

function isSeries(series: unknown): boolean {
  return Array.isArray(series) && series.length === 2 && isIndex(series[0]) && areLabels(series[1])
}

/** `[series, level]` or `[series, counts, sum]`, either with a time behind. */
function isSample(sample: unknown): boolean {
  if (!Array.isArray(sample) || !isIndex(sample[0])) return false
  const counts: unknown = sample[1]
  const withTime = Array.isArray(counts) ? 4 : 3
  if (Array.isArray(counts)) {
    if (!every(counts, isCount) || !Number.isFinite(sample[2])) return false
  } else if (!Number.isFinite(counts) && !SPECIAL_VALUES.has(counts)) return false
  return sample.length === withTime - 1 || (sample.length === withTime && isIndex(sample[withTime - 1]))
}
