import type { OutboxEvent } from '@tocsin/contract'
import type { Clock, Log } from '@tocsin/runtime'
import { shortHash } from '../grouping/group-key.ts'
import type { NotifierMetrics } from '../metrics.ts'
import type { Notification, PublishOutbox } from '../outbox/publish-outbox.ts'
import { untilStored } from '../outbox/until-stored.ts'
import type { FallbackRecords } from './fallback-records.ts'
import { createInOrder } from './in-order.ts'
import type { Fallback } from './plan.ts'

/** Tells fallback receivers of what their first receivers could not be told. */
export interface Fallbacks {
  /** The receiver that has been told of this notification instead, if any. */
  toldTo(event: OutboxEvent): string | undefined
  /** Puts it into the fallback's queues, once, however often it is called. Resolves once that is durable. */
  tell(event: OutboxEvent, to: Fallback, reason: string, signal: AbortSignal): Promise<void>
  /** The receiver that waits for the end that this notification tells, having been told of the beginning. */
  waitsForEnd(event: OutboxEvent): string | undefined
}

export interface FallbacksDeps {
  readonly records: FallbackRecords
  readonly publish: PublishOutbox
  readonly clock: Clock
  readonly log: Log
  readonly metrics: NotifierMetrics
}

const REMEMBERED_IDS = 100
const LONGEST_ID = 120

export function createFallbacks({ records, publish, clock, log, metrics }: FallbacksDeps): Fallbacks {
  const inOrder = createInOrder()

  function toldTo(event: OutboxEvent): string | undefined {
    const record = records.find(event)
    return record?.told.includes(event.id) ? record.receiver : undefined
  }

  async function store(event: OutboxEvent, to: Fallback, reason: string): Promise<void> {
    // The queues first, then the record: a crash in between puts the same ids into the queues again.
    await publish(markedAs(event, reason, to.receiver), to.channels)
    const { channel, groupKey } = event
    const before = records.find(event)
    const told = [...(before?.told ?? []), event.id].slice(-REMEMBERED_IDS)
    const open = event.kind === 'alerts' && event.status === 'firing'
    await records.put({ channel, groupKey, receiver: to.receiver, open, told, atMs: clock.now() })
    metrics.fellBack(channel, reason)
    log.warn({ channel, notification: event.id, reason, receiver: to.receiver }, 'the fallback is told')
  }

  return {
    toldTo,
    tell: (event, to, reason, signal) =>
      inOrder(`${event.channel} ${event.groupKey}`, async () => {
        if (toldTo(event) !== undefined) return
        await untilStored(() => store(event, to, reason), { clock, log }, signal)
      }),
    waitsForEnd(event) {
      if (event.kind !== 'alerts' || event.fallback) return undefined
      if (!event.alerts.some(({ status }) => status === 'resolved')) return undefined
      const record = records.find(event)
      return record?.open ? record.receiver : undefined
    },
  }
}

/**
 * Its id follows from what was to be told, not from the channel that failed: a receiver whose ways all fail at
 * once has its fallback told once.
 */
function markedAs(event: OutboxEvent, reason: string, receiver: string): Notification {
  const { channel, heldFor: _, ...rest } = event
  const suffix = `-${channel}`
  const told = rest.id.endsWith(suffix) ? rest.id.slice(0, -suffix.length) : rest.id
  return {
    ...rest,
    id: `${told.length > LONGEST_ID ? shortHash(told) : told}-fallback`,
    receiver,
    fallback: { receiver: rest.receiver, channel, reason, notification: event.id },
  }
}
