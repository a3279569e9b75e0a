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
})
export type BatchMetric = z.infer<typeof batchMetric>

const epochMs = z.int().nonnegative().describe('milliseconds since 1970')
const index = z.int().nonnegative()

/** `[series, value]`, or `[series, value, time]`. */
const scalarSample = z.union([z.tuple([index, level]), z.tuple([index, level, epochMs])])
/** `[series, cumulative count per bucket with +Inf last, sum]`, or with a time. */
const histogramSample = z.union([
  z.tuple([index, z.array(z.number().nonnegative()), z.number()]),
  z.tuple([index, z.array(z.number().nonnegative()), z.number(), epochMs]),
])

/**
 * A batch of cumulative samples, as the SDK publishes it: the present level of every series that changed, so
 * that a lost or repeated batch harms nothing. Metrics and series are described once per message, then
 * referred to by their index.
 */
export const metricBatch = z.object({
  ...envelope,
  metrics: z.array(batchMetric),
  series: z.array(z.tuple([index, publishedLabels])).describe('[index into metrics, labels]'),
  samples: z.array(z.union([scalarSample, histogramSample])),
})
export type MetricBatch = z.infer<typeof metricBatch>

/** What a message on `<prefix>.metrics.<source>` may be. */
export const metricMessage = z.union([metricEvent, z.array(metricEvent), metricBatch])
