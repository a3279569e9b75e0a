import type { OutboxEvent } from '@tocsin/contract'
import type { Fallbacks } from './fallbacks.ts'
import type { Fallback, Plan } from './plan.ts'
import { type NoAttemptDeps, recordNoAttempt } from './record-attempt.ts'

export interface WatchPatienceDeps extends NoAttemptDeps {
  readonly planOf: (event: OutboxEvent) => Plan
  readonly fallbacks: Fallbacks
  /** Throws when this process must leave the work to another. */
  readonly assertOurs: (signal: AbortSignal) => void
}

const REASON = 'not_delivered_yet'

/**
 * Makes what tells the fallback once a notification has waited for as long as its route allows, though the attempts
 * go on, and though it may stand behind others of its group; it answers how to call that off.
 */
export function createWatchPatience(deps: WatchPatienceDeps) {
  const { planOf, fallbacks, clock, log, assertOurs } = deps

  async function tellEarly(event: OutboxEvent, to: Fallback, signal: AbortSignal): Promise<void> {
    if (fallbacks.toldTo(event) !== undefined) return
    assertOurs(signal)
    await fallbacks.tell(event, to, REASON, signal)
    const facts = { outcome: 'failed', reason: REASON, fellBackTo: to.receiver } as const
    await recordNoAttempt(deps, event, facts, signal)
  }

  return (event: OutboxEvent, acceptedMs: number, signal: AbortSignal): (() => void) => {
    const { fallback } = planOf(event)
    if (fallback?.afterMs === undefined) return () => {}
    const leftMs = acceptedMs + fallback.afterMs - clock.now()
    return clock.setTimeout(() => {
      tellEarly(event, fallback, signal).catch((error: unknown) => {
        if (!signal.aborted)
          log.error({ err: error, notification: event.id }, 'the fallback could not be told')
      })
    }, leftMs)
  }
}
