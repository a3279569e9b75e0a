import type { OutboxEvent } from '@tocsin/contract'
import type { Clock, Log } from '@tocsin/runtime'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import { untilStored } from '../outbox/until-stored.ts'
import { DIGEST } from '../policy/policy.ts'
import type { HeldGroups } from './held-groups.ts'

/** Where what is over a channel's limit waits. */
export interface HoldBack {
  /** Whether something of its group waits for this channel's next digest. */
  holds(event: OutboxEvent): boolean
  /** Puts it into the digest's queue, once however often it is called; resolves when that is durable. */
  hold(event: OutboxEvent, signal: AbortSignal): Promise<void>
}

export function createHoldBack(deps: {
  readonly groups: HeldGroups
  readonly publish: PublishOutbox
  readonly clock: Clock
  readonly log: Log
}): HoldBack {
  const { groups, publish, clock, log } = deps
  return {
    holds: groups.has,
    async hold(event, signal) {
      const { channel, ...notification } = event
      // Known before it has come through the queue: what follows right behind it must not overtake it.
      groups.add(channel, event.groupKey, `${event.id}-${DIGEST}`)
      await untilStored(
        () => publish({ ...notification, heldFor: channel }, [DIGEST]),
        { clock, log },
        signal,
      )
    },
  }
}
