import type { Labels } from '@tocsin/contract'
import type { BatchWriter } from '../../intake/batch-writer.ts'
import type { Span } from '../model/span.ts'
import type { SpanMetric } from './span-metric.ts'

/** What one request's spans of one service come to. */
export interface SpanTally {
  observe(observation: Observation): void
  /** Writes what came together, as of a time. */
  write(writer: BatchWriter, nowMs: number): void
}

/** What a span adds to a metric. */
export interface Observation {
  readonly metric: SpanMetric
  /** One for each label; an empty one is none. */
  readonly values: readonly string[]
  /** What to add to the counter. */
  readonly count: number
  /** In the unit of the histogram. */
  readonly duration: number
  readonly span: Span
}

export interface SpanTallyOptions {
  /** The label of every series. */
  readonly service: string
  /** Whether a label set may have a series of its own. */
  readonly admit: (metric: SpanMetric, labelSet: string) => boolean
  readonly onOverflow: (metric: SpanMetric) => void
}

interface MetricSums {
  /** By the values of their labels. */
  readonly sets: Map<string, Sums>
  /** Of all the sets that may have no series of their own. */
  overflow: Sums | undefined
}

interface Sums {
  readonly labels: Labels
  total: number
  readonly buckets: number[]
  sum: number
  /** The slowest span of each bucket. */
  readonly slowest: (Slow | undefined)[]
}

interface Slow {
  readonly span: Span
  readonly duration: number
}

const SERVICE_NAME = 'service_name'
/** The label that OpenTelemetry gives to what is counted without its labels. */
const OVERFLOW: Labels = { otel_metric_overflow: 'true' }
/** The contract's limit is far above: a span's name is no place for more. */
const MOST_VALUE = 256

export function createSpanTally(options: SpanTallyOptions): SpanTally {
  const metrics = new Map<SpanMetric, MetricSums>()
  const base: Labels = { service: options.service }

  function sumsOf(metric: SpanMetric, values: readonly string[]): Sums {
    let known = metrics.get(metric)
    if (!known) {
      known = { sets: new Map(), overflow: undefined }
      metrics.set(metric, known)
    }
    const labelSet = keyOf(values)
    const found = known.sets.get(labelSet)
    if (found) return found
    const sums = options.admit(metric, labelSet)
      ? createSums(metric, labelsOf(metric, values))
      : overflowOf(metric, known)
    known.sets.set(labelSet, sums)
    return sums
  }

  function overflowOf(metric: SpanMetric, known: MetricSums): Sums {
    const { service } = options
    const labels: Labels = { ...base, ...OVERFLOW }
    const isNamed = metric.labels.includes(SERVICE_NAME)
    known.overflow ??= createSums(metric, isNamed ? { ...labels, [SERVICE_NAME]: service } : labels)
    return known.overflow
  }

  function labelsOf({ labels: names }: SpanMetric, values: readonly string[]): Labels {
    const labels: Record<string, string> = { ...base }
    for (const [i, name] of names.entries()) {
      const value = values[i] ?? ''
      if (value !== '') labels[name] = cut(value).toWellFormed()
    }
    return labels
  }

  return {
    observe({ metric, values, count, duration, span }) {
      const sums = sumsOf(metric, values)
      if (sums === metrics.get(metric)?.overflow) options.onOverflow(metric)
      sums.total += count
      if (metric.histogram) time(sums, metric.bounds, duration, span)
    },
    write(writer, nowMs) {
      for (const [metric, { sets }] of metrics)
        for (const sums of new Set(sets.values())) writeSums(writer, metric, sums, nowMs)
    },
  }
}

/** A text of its own: it is remembered longer than what a sender wrote. */
function keyOf(values: readonly string[]): string {
  for (const value of values) if (value.length > MOST_VALUE) return values.map(cut).join('\u0000')
  return values.join('\u0000')
}

function cut(value: string): string {
  return value.length > MOST_VALUE ? value.slice(0, MOST_VALUE) : value
}

function createSums({ bounds }: SpanMetric, labels: Labels): Sums {
  const buckets = new Array<number>(bounds.length + 1).fill(0)
  return { labels, total: 0, buckets, sum: 0, slowest: [] }
}

function time(sums: Sums, bounds: readonly number[], duration: number, span: Span): void {
  let bucket = 0
  while (bucket < bounds.length && duration > (bounds[bucket] ?? 0)) bucket++
  sums.buckets[bucket] = (sums.buckets[bucket] ?? 0) + 1
  sums.sum += duration
  if (duration > (sums.slowest[bucket]?.duration ?? -1)) sums.slowest[bucket] = { span, duration }
}

function writeSums(writer: BatchWriter, metric: SpanMetric, sums: Sums, nowMs: number): void {
  if (metric.counter) writer.series(metric.counter, sums.labels).sample(sums.total, nowMs)
  if (!metric.histogram) return
  const series = writer.series(metric.histogram, sums.labels)
  let below = 0
  series.histogram(
    sums.buckets.map((count) => {
      below += count
      return below
    }),
    sums.sum,
    nowMs,
  )
  for (const slow of sums.slowest) {
    if (!slow) continue
    const { traceId, spanId, endMs } = slow.span
    if (traceId === '') continue
    const labels = { trace_id: traceId, ...(spanId === '' ? {} : { span_id: spanId }) }
    series.exemplar(labels, slow.duration, Math.min(endMs, nowMs))
  }
}
