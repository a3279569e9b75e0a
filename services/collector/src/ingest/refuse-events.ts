import type { MetricBatch, ParsedMetricMessage } from '@tocsin/contract'
import type { Delivery } from '@tocsin/runtime'
import type { IngestRefusal } from '@tocsin/tsdb'

/** One refused event of a message, or one refused sample of its batch. */
export interface RefusedEvent {
  readonly reason: string
  readonly detail: string
  /** The event as it came, or the index of the sample in the batch. */
  readonly event: unknown
}

/** What was refused of a message: by its form, and by the head. */
export function findRefused(
  message: ParsedMetricMessage,
  byHead: readonly IngestRefusal[],
): readonly RefusedEvent[] {
  if (byHead.length === 0) return message.faults
  const events = byHead.map(({ reason, detail, index }) => ({
    reason,
    detail,
    event: message.batch ? index : message.events[index],
  }))
  return [...message.faults, ...events]
}

/**
 * Keeps what was refused as dead letters: one per reason, so that a flood in one message is not a flood of
 * letters. Each holds a message that can be published again once its fault is mended.
 */
export function keepRefused(
  delivery: Pick<Delivery, 'refusePart'>,
  message: ParsedMetricMessage,
  refused: readonly RefusedEvent[],
): void {
  const all = message.batch ? message.batch.samples.length : message.events.length + message.faults.length
  for (const [reason, events] of Map.groupBy(refused, (event) => event.reason)) {
    const more = events.length > 1 ? `${events.length} times, first: ` : ''
    const detail = `${more}${events[0]?.detail ?? ''}`
    // All of it for one reason: the letter is the message as it came.
    const body = events.length >= all ? undefined : textOf(messageOf(message, events))
    delivery.refusePart(body === undefined ? { reason, detail } : { reason, detail, body })
  }
}

/** Undefined for what is nested too deeply to be written: parsing takes any depth, writing does not. */
function textOf(message: unknown): string | undefined {
  try {
    return JSON.stringify(message)
  } catch {
    return undefined
  }
}

function messageOf({ batch }: ParsedMetricMessage, refused: readonly RefusedEvent[]): unknown {
  if (batch)
    return pickSamples(
      batch,
      refused.map(({ event }) => Number(event)),
    )
  return refused.map(({ event }) => event)
}

/** A batch of some of the samples, with the series and metrics that they refer to. */
function pickSamples(batch: MetricBatch, indices: readonly number[]): MetricBatch {
  const series = new Map<number, number>()
  const metrics = new Map<number, number>()
  const renumber = (known: Map<number, number>, index: number): number => {
    const number = known.get(index) ?? known.size
    known.set(index, number)
    return number
  }
  const samples = indices.flatMap((i) => {
    const sample = batch.samples[i]
    return sample ? [sample.with(0, renumber(series, sample[0])) as MetricBatch['samples'][number]] : []
  })
  return {
    ...batch,
    series: [...series.keys()].flatMap((i) => {
      const described = batch.series[i]
      return described
        ? [[renumber(metrics, described[0]), described[1]] as [number, Record<string, string>]]
        : []
    }),
    metrics: [...metrics.keys()].flatMap((i) => batch.metrics[i] ?? []),
    samples,
  }
}
