import type { OutboxAlerts, OutboxDigest, OutboxEvent, OutboxMessage } from '@tocsin/contract'
import { type Bus, CodedError } from '@tocsin/runtime'
import { shortHash } from '../grouping/group-key.ts'
import { DIGEST } from '../policy/policy.ts'
import { mostBytesOf } from './parts-of.ts'
import { splitAlerts } from './split-alerts.ts'

export type Notification =
  | Omit<OutboxAlerts, 'channel'>
  | Omit<OutboxMessage, 'channel'>
  | Omit<OutboxDigest, 'channel'>

export interface PublishOutboxOptions {
  /** How long to go on trying, 30 s by default. */
  readonly deadlineMs?: number
  /** Asked first, in order: what it answers true for needs no storing. */
  readonly instead?: (event: OutboxEvent) => Promise<boolean>
}

/**
 * Stores a notification for each of the channels; resolves when all have it. Repeating it with the same id is safe.
 * @throws {CodedError} `too_large` for what our own consumers would not take
 */
export type PublishOutbox = (
  notification: Notification,
  channels: readonly string[],
  options?: PublishOutboxOptions,
) => Promise<void>

/** `mostEventBytes`: what our own consumers take, MAX_EVENT_BYTES. */
export function createPublishOutbox(
  bus: Pick<Bus, 'publish' | 'subjects' | 'nc'>,
  mostEventBytes: number,
): PublishOutbox {
  return async (notification, channels, { instead, ...options } = {}) => {
    const mostBytes = mostBytesOf(bus, mostEventBytes)
    const parts = notification.kind === 'alerts' ? splitAlerts(notification, mostBytes) : [notification]
    // The parts go one after the other, so that they keep their order; the channels side by side.
    await Promise.all(
      channels.map(async (channel) => {
        for (const part of parts) {
          const event: OutboxEvent = { ...part, id: outboxId(part, channel), channel }
          if (await instead?.(event)) continue
          const json = JSON.stringify(event)
          assertFits(json, mostEventBytes)
          await bus.publish(bus.subjects.outbox(channel), json, { msgId: event.id, ...options })
        }
      }),
    )
  }
}

/** For the digest of two receivers, a notification is two messages in the one queue. */
function outboxId({ id, receiver, route, heldFor }: Notification, channel: string): string {
  const ofRoute = channel === DIGEST && heldFor === undefined
  return `${id}-${channel}${ofRoute ? `-${shortHash(`${receiver} ${route ?? ''}`)}` : ''}`
}

function assertFits(json: string, most: number): void {
  const bytes = Buffer.byteLength(json)
  if (bytes > most)
    throw new CodedError('too_large', `a notification of ${bytes} bytes, at most ${most} (MAX_EVENT_BYTES)`)
}
