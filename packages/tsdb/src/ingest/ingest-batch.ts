import type { BatchMetric, MetricBatch, SampleValue } from '@tocsin/contract'
import type { Labels } from '@tocsin/promql'
import type { Series } from '../series/series.ts'
import { bucketLabels, refuseLe } from './count-observation.ts'
import { refuseTime, refuseType, type Writers, withName, writeLevel } from './ingest-event.ts'
import { ACCEPTED, type IngestOutcome, type MessageContext, refuse } from './ingest-outcome.ts'

/** Writes the cumulative samples of a batch; one outcome per sample. Repeats and losses do no harm. */
export function ingestBatch(writers: Writers, batch: MetricBatch, context: MessageContext): IngestOutcome[] {
  const batchTime = Date.parse(batch.time)
  const refusals = batch.metrics.map((metric) => refuseType(writers.head, metric))

  return batch.samples.map((sample) => {
    const described = batch.series[sample[0]]
    const metric = described && batch.metrics[described[0]]
    if (!described || !metric)
      return refuse('bucket_conflict', 'the sample refers to a series that the batch does not describe')
    const refusal = refusals[described[0]]
    if (refusal) return refusal
    const given = isHistogramSample(sample) ? sample[3] : sample[2]
    const time = given ?? batchTime
    const late = refuseTime(time, context.receivedAtMs, writers.limits)
    if (late) return late
    const labels = described[1]
    if (isHistogramSample(sample))
      return setHistogram(writers, metric, labels, sample[1], sample[2], time, context.source)
    const series = writers.recall(context.source, sample[0], metric.name, labels)
    return 'refused' in series
      ? refuse(series.refused, series.detail)
      : writeLevel(writers.head, series, levelOf(sample[1]), time)
  })
}

type BatchSample = MetricBatch['samples'][number]
type HistogramSample = Extract<BatchSample, readonly [number, number[], ...unknown[]]>

function isHistogramSample(sample: BatchSample): sample is HistogramSample {
  return Array.isArray(sample[1])
}

function setHistogram(
  { head }: Writers,
  metric: BatchMetric,
  labels: Labels,
  counts: readonly number[],
  sum: number,
  time: number,
  source: string,
): IngestOutcome {
  if ('le' in labels) return refuseLe(metric.name)
  const bounds = metric.buckets ?? []
  if (counts.length !== bounds.length + 1)
    return refuse(
      'bucket_conflict',
      `histogram ${metric.name} has ${bounds.length} bounds and ${counts.length} counts: give one more count than bounds`,
    )
  const total = counts.at(-1) ?? 0
  const parts: readonly (readonly [Labels, number])[] = [
    ...counts.map(
      (count, i) =>
        [bucketLabels(metric.name, labels, bounds[i] ?? Number.POSITIVE_INFINITY), count] as const,
    ),
    [withName(`${metric.name}_sum`, labels), sum],
    [withName(`${metric.name}_count`, labels), total],
  ]
  const written: Series[] = []
  for (const [part] of parts) {
    const series = head.intern(part, source)
    // All or nothing: a histogram that lacks a bucket gives wrong quantiles.
    if ('refused' in series) return refuse(series.refused, series.detail)
    written.push(series)
  }
  for (const [i, series] of written.entries()) {
    const outcome = writeLevel(head, series, parts[i]?.[1] ?? 0, time)
    if (!outcome.accepted) return outcome
  }
  return ACCEPTED
}

function levelOf(value: SampleValue): number | 'stale' {
  if (typeof value === 'number' || value === 'stale') return value
  if (value === 'NaN') return Number.NaN
  return value === '+Inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
}
