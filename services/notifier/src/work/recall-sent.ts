import { deliveryEvent } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { readLog } from '../delivery/read-log.ts'
import type { RecentIds } from '../delivery/recent-ids.ts'
import { isHoldReason } from '../limits/hold-over-limit.ts'

/** Many more than can be on their way to one channel at a time. */
const RECALLED = 500

/**
 * Learns from the delivery log what a predecessor has sent of late: what it recorded and died before acknowledging
 * is not sent again.
 */
export async function recallSent(bus: Bus, channel: string, sent: RecentIds): Promise<void> {
  await readLog(bus, {
    stream: 'DELIVERIES',
    filterSubject: bus.subjects.delivery('delivered', channel),
    limit: RECALLED,
    read(message) {
      const { data: entry } = deliveryEvent.safeParse(message.json())
      if (entry) sent.add(entry.notification)
      return entry?.notification
    },
  })
}

/** Learns from the delivery log what a predecessor has put into digests of late, as over the channel's limit. */
export async function recallHeld(bus: Bus, channel: string, held: RecentIds): Promise<void> {
  await readLog(bus, {
    stream: 'DELIVERIES',
    filterSubject: bus.subjects.delivery('suppressed', channel),
    limit: RECALLED,
    read(message) {
      const { data: entry } = deliveryEvent.safeParse(message.json())
      if (!entry || !isHoldReason(entry.reason)) return undefined
      held.add(entry.notification)
      return entry.notification
    },
  })
}
