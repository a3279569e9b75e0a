import type { z } from 'zod'
import { acceptBatch } from './accept-batch.ts'
import { type MetricBatch, type MetricEvent, metricBatch, metricEvent } from './metric-event.ts'

/** Why a metric event is refused; low in number, so that it can be a metric label. */
export type MetricFaultReason =
  | 'not_an_event'
  | 'invalid_name'
  | 'invalid_type'
  | 'invalid_value'
  | 'invalid_label'
  | 'reserved_label'
  | 'invalid_time'
  | 'invalid_batch'
  | 'unknown_field'
  | 'invalid_field'

/** One refused event: its place in the array (0 for a single event), why, and what to do about it. */
export interface MetricFault {
  readonly index: number
  readonly reason: MetricFaultReason
  readonly detail: string
  readonly event: unknown
}

export interface ParsedMetricMessage {
  readonly events: readonly MetricEvent[]
  readonly batch: MetricBatch | undefined
  readonly faults: readonly MetricFault[]
}

/**
 * Reads a decoded message of the metrics subject. The valid events of an array are kept when others are not;
 * a batch is taken whole or not at all. Never throws.
 */
export function parseMetricMessage(json: unknown): ParsedMetricMessage {
  if (isBatch(json)) return parseBatch(json)
  const events: MetricEvent[] = []
  const faults: MetricFault[] = []
  const items = Array.isArray(json) ? json : [json]
  items.forEach((item, index) => {
    const { data, error } = metricEvent.safeParse(item)
    if (data !== undefined) events.push(data)
    else faults.push({ index, reason: reasonOf(error), detail: detailOf(error), event: item })
  })
  return { events, batch: undefined, faults }
}

function parseBatch(json: object): ParsedMetricMessage {
  const { data, error } = schemaResult(json)
  if (data === undefined)
    return refuse({ index: 0, reason: 'invalid_batch', detail: detailOf(error), event: json })
  const detail = danglingIndex(data)
  if (detail) return refuse({ index: 0, reason: 'invalid_batch', detail, event: json })
  return { events: [], batch: data, faults: [] }
}

type BatchResult = z.ZodSafeParseResult<MetricBatch> | { readonly data: MetricBatch; readonly error?: never }

function schemaResult(json: object): BatchResult {
  const data = acceptBatch(json)
  return data ? { data } : metricBatch.safeParse(json)
}

function refuse(fault: MetricFault): ParsedMetricMessage {
  return { events: [], batch: undefined, faults: [fault] }
}

function isBatch(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && 'samples' in json
}

/** What is wrong with the batch's references, if anything. */
function danglingIndex(batch: MetricBatch): string | undefined {
  for (let i = 0; i < batch.series.length; i++) {
    const metric = batch.series[i]?.[0] ?? 0
    if (metric >= batch.metrics.length)
      return `series[${i}] refers to metric ${metric}, there are ${batch.metrics.length}`
  }
  for (let i = 0; i < batch.samples.length; i++) {
    const sample = batch.samples[i]
    if (!sample) continue
    const series = batch.series[sample[0]]
    if (!series) return `samples[${i}] refers to series ${sample[0]}, there are ${batch.series.length}`
    const metric = batch.metrics[series[0]]
    const counts = sample[1]
    if ((metric?.type === 'histogram') !== Array.isArray(counts))
      return `samples[${i}]: bucket counts go with a histogram, and a histogram has bucket counts`
    if (Array.isArray(counts) && counts.length !== (metric?.buckets?.length ?? -1) + 1)
      return `samples[${i}]: one count per bound in buckets, and one for +Inf`
  }
  return undefined
}

function reasonOf(error: z.ZodError): MetricFaultReason {
  const issue = error.issues[0]
  if (!issue) return 'invalid_field'
  if (issue.code === 'unrecognized_keys') return 'unknown_field'
  switch (issue.path[0]) {
    case undefined:
      return 'not_an_event'
    case 'name':
      return 'invalid_name'
    case 'type':
      return 'invalid_type'
    case 'value':
      return 'invalid_value'
    case 'time':
      return 'invalid_time'
    case 'labels':
      return String(issue.path[1] ?? '').startsWith('__') ? 'reserved_label' : 'invalid_label'
    default:
      return 'invalid_field'
  }
}

/** The first faults in words, each with its path; bounded, since what is described may be hostile. */
function detailOf(error: z.ZodError): string {
  const words = error.issues.slice(0, 5).map((issue) => {
    const nested =
      issue.code === 'invalid_key' ? issue.issues.map((i) => i.message).join('; ') : issue.message
    const path = issue.path.map(String).join('.').slice(0, 200)
    return path ? `${path}: ${nested}` : nested
  })
  return words.join('; ').slice(0, 1000)
}
