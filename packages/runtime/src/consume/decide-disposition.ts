import { codeOf, isRetryable, messageOf } from '../coded-error.ts'
import type { Refusal } from './delivery.ts'
import type { Outcome } from './run-stages.ts'
import { RefusedError } from './stages.ts'

/** What becomes of a message. `reason` is a metric label: low in number. */
export type Disposition =
  | { readonly action: 'ack'; readonly reason: string }
  | { readonly action: 'nak'; readonly reason: string; readonly delayMs: number }
  | { readonly action: 'term'; readonly reason: string; readonly refusal: Refusal }

export interface DispositionLimits {
  /** Deliveries after which an error that says nothing of itself is taken for the message's own fault. */
  readonly maxDeliveries: number
  readonly firstDelayMs: number
  readonly mostDelayMs: number
}

export const defaultLimits: DispositionLimits = { maxDeliveries: 8, firstDelayMs: 250, mostDelayMs: 60_000 }

/**
 * The one place where ack, nak and term are chosen:
 * an end without error is acknowledged; a refusal is terminated; a retryable error comes back for as long as it takes,
 * one that is declared final (`retryable: false` with a `code`) is terminated; any other comes back a few times, then is terminated.
 */
export function decideDisposition(
  outcome: Outcome,
  deliveryCount: number,
  limits: DispositionLimits = defaultLimits,
): Disposition {
  if (!('error' in outcome)) return { action: 'ack', reason: outcome.done }
  const { error } = outcome
  if (error instanceof RefusedError) return refuse(error.code, error.message, error.body)
  const reason = reasonOf(error)
  if (isRetryable(error)) return retry(reason, deliveryCount, limits)
  if (isDeclaredFinal(error)) return refuse(reason, messageOf(error))
  if (deliveryCount >= limits.maxDeliveries)
    return refuse(reason, `failed ${deliveryCount} times: ${messageOf(error)}`)
  return retry(reason, deliveryCount, limits)
}

function refuse(reason: string, detail: string, body?: Uint8Array | string): Disposition {
  return { action: 'term', reason, refusal: { reason, detail, ...(body === undefined ? {} : { body }) } }
}

function retry(
  reason: string,
  deliveryCount: number,
  { firstDelayMs, mostDelayMs }: DispositionLimits,
): Disposition {
  const doubled = firstDelayMs * 2 ** Math.min(Math.max(deliveryCount - 1, 0), 30)
  return { action: 'nak', reason, delayMs: Math.min(mostDelayMs, doubled) }
}

function isDeclaredFinal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === false
}

/** Codes are few by design; what has none is one reason for all. */
function reasonOf(error: unknown): string {
  const code = codeOf(error)
  return code !== undefined && /^[\w-]{1,40}$/.test(code) ? code.toLowerCase() : 'handler_failed'
}
