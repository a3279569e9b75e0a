import { CONTRACT_VERSION, type DigestEntry, type OutboxDigest } from '@tocsin/contract'
import { worst } from '../grouping/build-alerts-notification.ts'
import type { DigestBatch } from './digest-store.ts'

export type DigestNotification = Omit<OutboxDigest, 'channel'>

/** One message holds this much; what is more goes into a second digest. */
const MOST_BYTES = 512 * 1024

/** The digests that a batch becomes: nearly always one. The same batch always becomes the same ones. */
export function buildDigests(
  batch: DigestBatch,
  receiver: string,
  nowMs: number,
): readonly DigestNotification[] {
  const entries = [...batch.messages.values()].flat().sort(byTimeAndId)
  const now = new Date(nowMs).toISOString()
  return inPortions(entries).map((portion, i) => ({
    v: CONTRACT_VERSION,
    id: `digest-${batch.id}-${i + 1}`,
    time: now,
    source: 'notifier',
    kind: 'digest',
    receiver,
    severity: worst(portion.map((entry) => entry.severity)),
    groupKey: 'digest',
    stages: { grouped: now },
    from: portion[0]?.time ?? now,
    to: portion.at(-1)?.time ?? now,
    entries: portion,
  }))
}

function byTimeAndId(a: DigestEntry, b: DigestEntry): number {
  return Date.parse(a.time) - Date.parse(b.time) || (a.id < b.id ? -1 : 1)
}

function inPortions(entries: readonly DigestEntry[]): DigestEntry[][] {
  const portions: DigestEntry[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1
    if (bytes + size > MOST_BYTES) {
      portions.push([])
      bytes = 0
    }
    portions.at(-1)?.push(entry)
    bytes += size
  }
  return portions
}
