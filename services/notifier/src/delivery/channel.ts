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

/** What a channel would send, with its secrets hidden. */
export interface Preview {
  /** What could not be said as configured, and is said in Tocsin's own words instead. */
  readonly faults: readonly string[]
  readonly parts: readonly { readonly name: string; readonly type: string; readonly content: string }[]
}

/** A way to tell people: one adapter each under `channels/`. */
export interface Channel {
  readonly name: string
  /** How many attempts run at once. */
  readonly concurrency: number
  /** Texts that must not appear in logs or the delivery log. */
  readonly secrets: readonly string[]
  /** Makes one attempt. Never rejects; ends soon after the signal aborts. */
  send(notification: OutboxEvent, options: { readonly signal: AbortSignal }): Promise<SendOutcome>
  /** What it would send, without sending it. Rejects for a template that decides where it goes and cannot be expanded. */
  preview?(notification: OutboxEvent): Promise<Preview>
  close(): void
}
