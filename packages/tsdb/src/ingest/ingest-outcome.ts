import type { Series } from '../series/series.ts'
import type { SeriesRefusalReason } from '../series/series-limits.ts'

/** Why an event has no effect; low in number, so that it can be a metric label. */
export type IngestReason =
  | 'duplicate'
  | 'too_old'
  | 'too_far_in_future'
  | 'type_conflict'
  | 'bucket_conflict'
  | 'reserved_label'
  | SeriesRefusalReason

/**
 * What became of one event, or of one sample of a batch. Accepted: its effect is in the head, also when it was put
 * there by an earlier delivery (`duplicate`). Refused: `detail` says what to do about it.
 */
export type IngestOutcome =
  | { readonly accepted: true; readonly reason?: 'duplicate' }
  | { readonly accepted: false; readonly reason: Exclude<IngestReason, 'duplicate'>; readonly detail: string }

/** The outcomes, one per event or per sample of a batch, in their order, and the series that changed. */
export interface IngestResult {
  readonly outcomes: readonly IngestOutcome[]
  /** Each series once, in the order in which it was first written to. */
  readonly touched: readonly Series[]
}

/** How a message came. */
export interface MessageContext {
  /** When the stream stored the message, in ms; the time of events that carry none. Never the reader's own clock. */
  readonly receivedAtMs: number
  /** Who published it, from the subject; the limit of series per source counts by it. */
  readonly source: string
  /** Identifies the message among deliveries, e.g. stream and sequence; for events without an id of their own. */
  readonly id?: string
}

export const ACCEPTED: IngestOutcome = Object.freeze({ accepted: true })
export const DUPLICATE: IngestOutcome = Object.freeze({ accepted: true, reason: 'duplicate' })

export type Refusal = Extract<IngestOutcome, { accepted: false }>

export function refuse(reason: Refusal['reason'], detail: string): Refusal {
  return { accepted: false, reason, detail }
}
