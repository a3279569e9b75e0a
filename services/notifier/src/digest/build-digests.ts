import { CONTRACT_VERSION, type DigestEntry, type OutboxDigest, severities } from '@tocsin/contract'
import { worst } from '../grouping/build-alerts-notification.ts'
import { shortHash } from '../grouping/group-key.ts'
import { type Book, bookKey } from './book.ts'
import type { DigestBatch } from './digest-store.ts'
import { foldEntries } from './fold-entries.ts'

export type DigestNotification = Omit<OutboxDigest, 'channel'>

/** One message holds so much; what is more goes into a second digest. */
const MOST_BYTES = 512 * 1024
const MOST_ENTRIES = 500

/**
 * The digests that a batch becomes: nearly always one, the worst first. Their ids follow from what they hold, so that
 * the same batch made again after a crash, even with other bounds, loses nothing.
 */
export function buildDigests(batch: DigestBatch, book: Book, nowMs: number): readonly DigestNotification[] {
  const collected = [...batch.messages.values()].flat()
  const times = collected.map(({ time }) => time).sort((a, b) => Date.parse(a) - Date.parse(b))
  const now = new Date(nowMs).toISOString()
  const most = Math.min(book.digest.most ?? MOST_ENTRIES, MOST_ENTRIES)
  return inPortions([...foldEntries(collected)].sort(worstFirst), most).map((entries) => ({
    v: CONTRACT_VERSION,
    id: `digest-${shortHash(`${batch.id} ${entries.map(({ id }) => id).join(' ')}`)}`,
    time: now,
    source: 'notifier',
    kind: 'digest',
    receiver: book.receiver,
    ...(book.heldFor === undefined ? {} : { heldFor: book.heldFor }),
    severity: worst(entries.map((entry) => entry.severity)),
    groupKey: `digest:${shortHash(bookKey(book))}`,
    stages: { grouped: now },
    from: times[0] ?? now,
    to: times.at(-1) ?? now,
    entries,
  }))
}

function worstFirst(a: DigestEntry, b: DigestEntry): number {
  const rank = ({ severity }: DigestEntry) => severities.indexOf(severity)
  return rank(b) - rank(a) || Date.parse(b.time) - Date.parse(a.time) || (a.id < b.id ? -1 : 1)
}

function inPortions(entries: readonly DigestEntry[], most: number): DigestEntry[][] {
  const portions: DigestEntry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1
    const portion = portions.at(-1)
    if (!portion || portion.length >= most || bytes + size > MOST_BYTES) {
      portions.push([entry])
      bytes = size
    } else {
      portion.push(entry)
      bytes += size
    }
  }
  return portions
}
