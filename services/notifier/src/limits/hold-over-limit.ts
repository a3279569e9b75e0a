import type { OutboxEvent } from '@tocsin/contract'
import type { Plan } from '../delivery/plan.ts'
import { type NoAttemptDeps, recordNoAttempt } from '../delivery/record-attempt.ts'
import type { HoldBack } from '../digest/hold-back.ts'
import type { Limiter } from './limiter.ts'

export interface HoldOverLimitDeps extends NoAttemptDeps {
  readonly planOf: (event: OutboxEvent) => Plan
  readonly limiter: Limiter
  readonly digests: HoldBack
}

/**
 * Makes what puts a notification over its channel's limit into the channel's next digest; it answers whether it did.
 * What is critical is never held. What belongs to a group that waits in the digest follows it there: an end
 * must not come before its beginning.
 */
export function createHoldOverLimit(deps: HoldOverLimitDeps) {
  const { planOf, limiter, digests, metrics } = deps

  async function hold(event: OutboxEvent, reason: string, signal: AbortSignal): Promise<true> {
    await digests.hold(event, signal)
    await recordNoAttempt(deps, event, { outcome: 'suppressed', reason }, signal)
    return true
  }

  return async (event: OutboxEvent, signal: AbortSignal): Promise<boolean> => {
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
