import type { SendOutcome } from './channel.ts'

export interface RetryLimits {
  readonly firstDelayMs: number
  readonly mostDelayMs: number
  /** How long after it was accepted a notification is given up. */
  readonly retryForMs: number
}

export const retryLimits = { firstDelayMs: 1000, mostDelayMs: 5 * 60_000 } as const

export type NextStep =
  | { readonly action: 'done'; readonly reason: string }
  | { readonly action: 'retry'; readonly reason: string; readonly delayMs: number }
  | { readonly action: 'dead'; readonly reason: string }

/**
 * Decides what follows an attempt: the n-th failure waits twice as long as the one before, less up to half at random,
 * and never less than the receiver asked for. `random` is from 0 to 1.
 */
export function decideNext(
  outcome: SendOutcome,
  { attempt, ageMs, random }: { readonly attempt: number; readonly ageMs: number; readonly random: number },
  limits: RetryLimits,
): NextStep {
  const { reason } = outcome
  if (outcome.result === 'delivered') return { action: 'done', reason }
  if (outcome.result === 'refused') return { action: 'dead', reason }
  const leftMs = limits.retryForMs - ageMs
  if (leftMs <= 0) return { action: 'dead', reason: `gave_up_${reason}` }
  const doubled = Math.min(limits.mostDelayMs, limits.firstDelayMs * 2 ** Math.min(attempt - 1, 30))
  const delayMs = Math.max(doubled * (1 - random / 2), outcome.retryAfterMs ?? 0)
  // The last attempt falls on the end of the time allowed, not beyond it.
  return { action: 'retry', reason, delayMs: Math.min(delayMs, leftMs) }
}
