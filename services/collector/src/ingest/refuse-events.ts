import type { BatchHead, BatchMetric, Labels, MetricBatch, MetricReading } from '@tocsin/contract'
import type { Delivery } from '@tocsin/runtime'
import type { DescribedSeries, IngestRefusal } from '@tocsin/tsdb'

/** One refused event of a message, or one refused sample of its batch. */
export interface RefusedEvent {
  readonly reason: string
  readonly detail: string
  /** The event as it came, or the sample of the batch. */
  readonly event: unknown
  /** What the sample is of, where a batch has described that. */
  readonly series?: DescribedSeries | undefined
}

/** What is told of what was refused. */
export interface RefusalPolicy {
  /** The words for a refused event, which may know more than the head. */
  detailOf(refused: RefusedEvent): string
  /** Whether it is still worth a dead letter. */
  isKept(reason: string): boolean
}

/** The metric that a refused event or sample is of; empty where its form hides it. */
export function nameOf({ event, series }: RefusedEvent): string {
  if (series) return series.metric.name
  const { name } = (event ?? {}) as { readonly name?: unknown }
  return typeof name === 'string' ? name : ''
}

/** As much as is kept of what one message had refused for one reason: thousands of alike tell no more. */
const MOST_KEPT = 500

/** What was refused of a message: by its form, and by the head. */
export function findRefused(
  reading: MetricReading,
  byHead: readonly IngestRefusal[],
): readonly RefusedEvent[] {
  if (byHead.length === 0) return reading.faults
  const { batch, samples, events } = reading
  const refused = byHead.map(({ reason, detail, index, series }) => ({
    reason,
    detail,
    event: batch ? samples.at(index) : events.at(index),
    series,
  }))
  return [...reading.faults, ...refused]
}

/**
 * Keeps what was refused as dead letters: one per reason, so that a flood in one message is not a flood of
 * letters. Each holds a message that can be published again once its fault is mended.
 */
export function keepRefused(
  delivery: Pick<Delivery, 'refusePart'>,
  reading: MetricReading,
  refused: readonly RefusedEvent[],
  policy: RefusalPolicy,
): void {
  const { batch, samples, events, faults } = reading
  const all = batch ? samples.count : events.count + faults.length
  for (const [reason, list] of Map.groupBy(refused, (event) => event.reason)) {
    const detail = `${countOf(list)}${list[0] ? policy.detailOf(list[0]) : ''}`
    if (!policy.isKept(reason)) {
      delivery.refusePart({ reason, detail, onlyCounted: true })
      continue
    }
    // All of it for one reason: the letter is the message as it came, if that says all by itself.
    const whole = list.length >= all && batch?.dictionary === undefined
    const body = whole ? undefined : textOf(messageOf(batch, list.slice(0, MOST_KEPT)))
    delivery.refusePart(body === undefined ? { reason, detail } : { reason, detail, body })
  }
}

function countOf({ length }: readonly unknown[]): string {
  if (length <= 1) return ''
  return length > MOST_KEPT
    ? `${length} times, ${MOST_KEPT} of them kept, first: `
    : `${length} times, first: `
}

/** Undefined for what is nested too deeply to be written: parsing takes any depth, writing does not. */
function textOf(message: unknown): string | undefined {
  try {
    return JSON.stringify(message)
  } catch {
    return undefined
  }
}

function messageOf(batch: BatchHead | undefined, refused: readonly RefusedEvent[]): unknown {
  return batch ? batchOf(batch, refused) : refused.map(({ event }) => event)
}

/** A batch of some samples that describes all it refers to; what was described nowhere keeps its number. */
function batchOf({ v, id, time, source }: BatchHead, refused: readonly RefusedEvent[]): MetricBatch {
  const places = new Map<string, number>()
  const metrics: BatchMetric[] = []
  const series: [number, Record<string, string>][] = []
  const placeOf = ({ metric, labels }: DescribedSeries): number => {
    const key = keyOf(metric, labels)
    const known = places.get(key)
    if (known !== undefined) return known
    if (!metrics.includes(metric)) metrics.push(metric)
    places.set(key, series.length)
    return series.push([metrics.indexOf(metric), { ...labels }]) - 1
  }
  const samples = refused.map(({ event, series: of }) => {
    const sample = event as MetricBatch['samples'][number]
    return of ? (sample.with(0, placeOf(of)) as MetricBatch['samples'][number]) : sample
  })
  return { v, id, time, source, metrics, series, samples }
}

function keyOf({ name }: BatchMetric, labels: Labels): string {
  return JSON.stringify([name, labels])
}
