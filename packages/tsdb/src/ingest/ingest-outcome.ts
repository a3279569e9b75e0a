import type { BatchMetric, Labels } from '@tocsin/contract'
import type { SeriesRefusalReason } from '../series/series-limits.ts'

/** Why an event has no effect; low in number, so that it can be a metric label. */
export type IngestReason =
  | 'too_old'
  | 'too_far_in_future'
  | 'type_conflict'
  | 'bucket_conflict'
  | 'reserved_label'
  | 'unknown_series'
  | SeriesRefusalReason

/** Why something is refused: `detail` says what to do about it. */
export interface Refusal {
  readonly reason: IngestReason
  readonly detail: string
}

/** One refused event of a message, or sample of a batch. */
export interface IngestRefusal extends Refusal {
  /** Its place in the message. */
  readonly index: number
  /** Of a batch's sample: what the batch, or an earlier one, described it as. */
  readonly series?: DescribedSeries
}

/** A series as its publisher describes it. */
export interface DescribedSeries {
  readonly metric: BatchMetric
  readonly labels: Labels
}

/** What became of a message's events, or of a batch's samples. */
export interface IngestResult {
  /** How many have their effect in the head now. */
  readonly accepted: number
  /** How many had it before, by an earlier delivery. */
  readonly duplicates: number
  /**
   * How many say of what was described before this reader began: it began in the middle of an edition of the
   * publisher's dictionary, and knows everything again with the next one.
   */
  readonly undescribed: number
  readonly refused: readonly IngestRefusal[]
}

/** How a message came. */
export interface MessageContext {
  /** When the stream stored the message, in ms; the time of events that carry none. Never the reader's own clock. */
  readonly receivedAtMs: number
  /** Who published it, from the subject; the limit of series per source counts by it. */
  readonly source: string
}

export function refuse(reason: IngestReason, detail: string): Refusal {
  return { reason, detail }
}
