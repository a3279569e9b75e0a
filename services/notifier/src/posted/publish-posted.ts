import { randomUUID } from 'node:crypto'
import { CONTRACT_VERSION, type PostedAlert, type PostedAlerts } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { mostBytesOf, partsOf } from '../outbox/parts-of.ts'
import { POSTED } from './posted-queue.ts'

/** Stores alerts that were posted; resolves when all are. Repeating it is safe. */
export type PublishPosted = (alerts: readonly PostedAlert[], nowMs: number) => Promise<void>

/** A client gives up after 10 s at most: it must hear of it before that. */
const DEADLINE_MS = 8000

/** `mostEventBytes`: what our own consumers take, MAX_EVENT_BYTES. */
export function createPublishPosted(
  bus: Pick<Bus, 'publish' | 'subjects' | 'nc'>,
  mostEventBytes: number,
): PublishPosted {
  return async (alerts, nowMs) => {
    const texts = alerts.map((alert) => JSON.stringify(alert))
    for (const part of partsOf(texts, mostBytesOf(bus, mostEventBytes), (text) => text)) {
      const id = randomUUID()
      const time = new Date(nowMs).toISOString()
      const envelope: Omit<PostedAlerts, 'alerts'> = { v: CONTRACT_VERSION, id, time, source: 'notifier' }
      const json = `${JSON.stringify(envelope).slice(0, -1)},"alerts":[${part.join()}]}`
      await bus.publish(bus.subjects.outbox(POSTED), json, { msgId: id, deadlineMs: DEADLINE_MS })
    }
  }
}
