import type { OutboxEvent } from '@tocsin/contract'

/** What came of one attempt. `reason` is low in cardinality; `detail` is what the other side said. */
export type SendOutcome =
  | { readonly result: 'delivered'; readonly reason: string; readonly detail?: string }
  /** Worth trying again, not before `retryAfterMs` if the other side named a time. */
  | {
      readonly result: 'retry'
      readonly reason: string
      readonly detail?: string
      readonly retryAfterMs?: number
    }
  /** No attempt will ever succeed. */
  | { readonly result: 'refused'; readonly reason: string; readonly detail?: string }

/** A way to tell people: one adapter each under `channels/`. */
export interface Channel {
  readonly name: string
  /** How many attempts run at once. */
  readonly concurrency: number
  /** Texts that must not appear in logs or the delivery log. */
  readonly secrets: readonly string[]
  /** Makes one attempt. Never rejects; ends soon after the signal aborts. */
  send(notification: OutboxEvent, options: { readonly signal: AbortSignal }): Promise<SendOutcome>
  close(): void
}
