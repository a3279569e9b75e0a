import type { OutboxEvent } from '@tocsin/contract'
import type { Plan } from '../delivery/plan.ts'
import type { RecentIds } from '../delivery/recent-ids.ts'
import { type NoAttemptDeps, recordNoAttempt } from '../delivery/record-attempt.ts'
import type { HoldBack } from '../digest/hold-back.ts'
import type { Limiter } from './limiter.ts'

const holdReasons = ['rate_limited', 'follows_rate_limited'] as const
type HoldReason = (typeof holdReasons)[number]

/** Whether a line of the delivery log says that its notification was put into a digest. */
export function isHoldReason(reason: string): boolean {
  return holdReasons.some((known) => known === reason)
}

export interface HoldOverLimitDeps extends NoAttemptDeps {
  readonly planOf: (event: OutboxEvent) => Plan
  readonly limiter: Limiter
  readonly digests: HoldBack
  /** What was held for a digest of late, by this process or a predecessor. */
  readonly held: RecentIds
}

/**
 * Makes what puts a notification over its channel's limit into the channel's next digest; it answers whether it did.
 * What is critical is never held. What belongs to a group that waits in the digest follows it there: an end
 * must not come before its beginning.
 */
export function createHoldOverLimit(deps: HoldOverLimitDeps) {
  const { planOf, limiter, digests, held, metrics } = deps

  async function hold(event: OutboxEvent, reason: HoldReason, signal: AbortSignal): Promise<true> {
    // The log first: who finds it there after a crash holds it again, and does not send it beside its digest.
    await recordNoAttempt(deps, event, { outcome: 'suppressed', reason }, signal)
    held.add(event.id)
    await digests.hold(event, signal)
    return true
  }

  return async (event: OutboxEvent, signal: AbortSignal): Promise<boolean> => {
    if (held.has(event.id)) {
      await digests.hold(event, signal)
      return true
    }
    const { rateLimit } = planOf(event)
    if (!rateLimit) return false
    if (event.severity !== 'critical' && digests.holds(event))
      return hold(event, 'follows_rate_limited', signal)
    const verdict = await limiter(event, rateLimit)
    if (verdict === 'within') return false
    metrics.limited(event.channel, verdict.by)
    return hold(event, 'rate_limited', signal)
  }
}
