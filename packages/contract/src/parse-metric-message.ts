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
 * of a batch only the form is looked at, and it is taken whole or not at all. Never throws.
 */
export function parseMetricMessage(json: unknown): ParsedMetricMessage {
  if (isBatch(json)) return parseBatch(json)
  const events: MetricEvent[] = []
  const faults: MetricFault[] = []
  const items = Array.isArray(json) ? json : [json]
  items.forEach((item, index) => {
    const { event, fault } = parseEvent(item, index)
    if (event) events.push(event)
    else faults.push(fault)
  })
  return { events, batch: undefined, faults }
}

export type ParsedEvent =
  | { readonly event: MetricEvent; readonly fault?: never }
  | { readonly event?: never; readonly fault: MetricFault }

/** One item of a message as an event, or why it is none. */
export function parseEvent(item: unknown, index: number): ParsedEvent {
  const { data, error } = metricEvent.safeParse(item)
  if (data !== undefined) return { event: data }
  return { fault: { index, reason: reasonOf(error), detail: detailOf(error), event: item } }
}

function parseBatch(json: object): ParsedMetricMessage {
  const { data, error } = schemaResult(json)
  if (data !== undefined) return { events: [], batch: data, faults: [] }
  const fault: MetricFault = { index: 0, reason: 'invalid_batch', detail: detailOf(error), event: json }
  return { events: [], batch: undefined, faults: [fault] }
}

type BatchResult = z.ZodSafeParseResult<MetricBatch> | { readonly data: MetricBatch; readonly error?: never }

function schemaResult(json: object): BatchResult {
  const data = acceptBatch(json)
  return data ? { data } : metricBatch.safeParse(json)
}

function isBatch(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && 'samples' in json
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
