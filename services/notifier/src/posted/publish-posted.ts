import { randomUUID } from 'node:crypto'
import { CONTRACT_VERSION, type PostedAlert, type PostedAlerts } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { POSTED } from './posted-queue.ts'

/** Stores alerts that were posted; resolves when all are. Repeating it is safe. */
export type PublishPosted = (alerts: readonly PostedAlert[], nowMs: number) => Promise<void>

const FRAME_BYTES = 16_384
/** A client gives up after 10 s at most: it must hear of it before that. */
const DEADLINE_MS = 8000

/** `mostEventBytes`: what our own consumers take, MAX_EVENT_BYTES. */
export function createPublishPosted(
  bus: Pick<Bus, 'publish' | 'subjects' | 'nc'>,
  mostEventBytes: number,
): PublishPosted {
  return async (alerts, nowMs) => {
    const mostBytes = Math.min(bus.nc.info?.max_payload ?? mostEventBytes, mostEventBytes) - FRAME_BYTES
    for (const part of partsOf(alerts, mostBytes)) {
      const id = randomUUID()
      const time = new Date(nowMs).toISOString()
      const event: PostedAlerts = { v: CONTRACT_VERSION, id, time, source: 'notifier', alerts: part }
      await bus.publish(bus.subjects.outbox(POSTED), event, { msgId: id, deadlineMs: DEADLINE_MS })
    }
  }
}

/** In their order, as many at a time as fit into one message. */
function partsOf(alerts: readonly PostedAlert[], mostBytes: number): PostedAlert[][] {
  const parts: PostedAlert[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const alert of alerts) {
    const size = Buffer.byteLength(JSON.stringify(alert)) + 1
    if (bytes + size > mostBytes) {
      parts.push([])
      bytes = 0
    }
    parts.at(-1)?.push(alert)
    bytes += size
  }
  return parts
}
