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

/** One refused event of a message, or sample of a batch. */
export interface IngestRefusal extends Refusal {
  /** Its place in the message. */
  readonly index: number
}

/** What became of a message's events, or of a batch's samples. */
export interface IngestResult {
  /** How many have their effect in the head now. */
  readonly accepted: number
  /** How many had it before, by an earlier delivery. */
  readonly duplicates: number
  readonly refused: readonly IngestRefusal[]
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
