import { z } from 'zod'
import { envelope, timestamp } from './envelope.ts'

export const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
export const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** A metric name that every Prometheus accepts. */
export const metricName = z
  .string()
  .max(512)
  .regex(METRIC_NAME, 'a metric name has letters, digits, _ and : only, and no digit first')

const labelName = z
  .string()
  .max(256)
  .regex(LABEL_NAME, 'a label name has letters, digits and _ only, and no digit first')
  .regex(/^(?!__)/, 'label names that begin with __ are reserved')

/** Labels as a publisher gives them: no reserved names, values of at most 4,096 characters. */
export const publishedLabels = z.record(labelName, z.string().max(4096))

/** Labels of an exemplar: OpenMetrics allows 128 characters of names and values together. */
const exemplarLabels = z
  .record(labelName, z.string())
  .refine(
    (labels) => exemplarLength(labels) <= MAX_EXEMPLAR_LENGTH,
    'an exemplar has 128 characters of labels',
  )

export const MAX_EXEMPLAR_LENGTH = 128

/** Characters (not code units) of an exemplar's label names and values together. */
export function exemplarLength(labels: Readonly<Record<string, string>>): number {
  let length = 0
  for (const name in labels) length += [...name].length + [...(labels[name] ?? '')].length
  return length
}

const finite = z.number({ error: 'a value is a finite JSON number' })

/** Upper bounds of histogram buckets, ascending, without +Inf. */
export const bucketBounds = z
  .array(finite)
  .min(1)
  .max(200)
  .refine((b) => b.every((x, i) => i === 0 || x > (b[i - 1] ?? x)), 'bucket bounds ascend')

export const metricType = z.enum(['counter', 'gauge', 'histogram'])
export type MetricType = z.infer<typeof metricType>

/**
 * One metric event, as anyone may publish it by hand. A `counter` is what to add, a `gauge` the level,
 * a `histogram` one observation. Without `time`, the moment NATS stored it; with `id`, repeats are dropped.
 */
export const metricEvent = z
  .strictObject({
    v: envelope.v.optional(),
    id: envelope.id.optional(),
    time: timestamp.optional(),
    source: envelope.source.optional(),
    name: metricName,
    type: metricType,
    value: finite,
    labels: publishedLabels.optional(),
    help: z.string().max(1024).optional(),
    unit: z.string().max(64).optional(),
    buckets: bucketBounds.optional().describe('histogram only; the first event of a series decides'),
  })
  .refine((e) => e.type !== 'counter' || e.value >= 0, {
    path: ['value'],
    message: 'a counter event is what to add, so not negative; use a gauge for a level',
  })
export type MetricEvent = z.infer<typeof metricEvent>

/** A level that JSON has no number for. `stale` ends the series. */
const specialValue = z.enum(['NaN', '+Inf', '-Inf', 'stale'])
const level = z.union([z.number(), specialValue])
export type SampleValue = z.infer<typeof level>

export const BATCH_METRIC_TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const

const batchMetric = z.object({
  name: metricName,
  type: z.enum(BATCH_METRIC_TYPES),
  help: z.string().optional(),
  unit: z.string().optional(),
  buckets: bucketBounds.optional(),
  temporality: z
    .literal('delta')
    .optional()
    .describe('its samples say what to add, not the present level; they count once for each batch id'),
})
export type BatchMetric = z.infer<typeof batchMetric>

/** What is said of a metric whose series are published as its parts (`_bucket`, `_sum`, `_count`). */
const metricMetadata = batchMetric.pick({ name: true, type: true, help: true, unit: true })

const epochMs = z.int().nonnegative().describe('milliseconds since 1970')
const index = z.int().nonnegative()

/** `[series, value]`, or `[series, value, time]`; `stale` ends a series, of a histogram all its parts. */
const scalarSample = z.union([z.tuple([index, level]), z.tuple([index, level, epochMs])])
/** `[series, cumulative count per bucket with +Inf last, sum]`, or with a time. */
const histogramSample = z.union([
  z.tuple([index, z.array(z.number().nonnegative()), z.number()]),
  z.tuple([index, z.array(z.number().nonnegative()), z.number(), epochMs]),
])
/** `[series, labels, value]`, or with a time: one observation that stands for others, `trace_id` among its labels. */
const exemplar = z.union([
  z.tuple([index, exemplarLabels, finite]),
  z.tuple([index, exemplarLabels, finite, epochMs]),
])

/**
 * Numbers what a publisher describes on from message to message. `metrics` and `series` of a message are numbered
 * from the given counts on, and whatever the message refers to may have been described by any earlier one of the same
 * publisher and edition. A new edition forgets the old: a publisher begins one with every full snapshot, so that who
 * reads the stream from somewhere in the middle knows everything again after one.
 */
const dictionary = z.object({
  publisher: z.string().min(1).max(200).describe('unique to a run of a publisher'),
  edition: index.describe('rises with every description from the beginning'),
  metrics: index.describe('how many metrics earlier messages of this edition described'),
  series: index.describe('how many series earlier messages of this edition described'),
})
export type BatchDictionary = z.infer<typeof dictionary>

/**
 * A batch of cumulative samples, as the SDK publishes it: the present level of every series that changed, so
 * that a lost or repeated batch harms nothing. Metrics and series are described once per message, or with a
 * `dictionary` once per edition of it, then referred to by their index.
 */
export const metricBatch = z.object({
  ...envelope,
  dictionary: dictionary.optional(),
  metadata: z.array(metricMetadata).optional(),
  metrics: z.array(batchMetric),
  series: z.array(z.tuple([index, publishedLabels])).describe('[index into metrics, labels]'),
  created: z
    .array(z.tuple([index, epochMs]))
    .optional()
    .describe('[index into series, when its counter or histogram began at zero]'),
  exemplars: z.array(exemplar).optional(),
  samples: z.array(z.union([scalarSample, histogramSample])),
})
export type MetricBatch = z.infer<typeof metricBatch>

/** What a message on `<prefix>.metrics.<source>` may be. */
export const metricMessage = z.union([metricEvent, z.array(metricEvent), metricBatch])
