import type { Batch } from './batch.ts'

/** Which batches of a bucket still count. A record in one counts until its key is written again. */
export interface BatchLedger {
  /** The key may have a message to itself from now on. */
  beginAlone(key: string): void
  /** It has, and that says the newest of it; of a key that is gone only a marker is left. */
  storedAlone(key: string, isGone: boolean): void
  /** Whether the key has, or may have, a record in a message to itself. */
  isAlone(key: string): boolean
  /** A batch may be in the bucket from now on. */
  begin(name: string, batch: Batch): void
  /** It is, and its records are the newest. */
  stored(name: string, revision: number): void
  /** It is, though storing it was said to have failed; nothing in it counts. */
  doubted(name: string, revision: number): void
  /** It is not in the bucket any more. A server that crashes may have forgotten that, if it was of late. */
  dropped(name: string): void
  /** What was dropped before the last time stays so. */
  age(): void
  /** Whether the bucket may have a record of the key, or get one back, be it one that does not count. */
  isMentioned(key: string): boolean
  /** Whether a record of the key may be its newest again without the marker that it is gone. */
  needsMarker(key: string): boolean
  /** The keys whose records in this batch count, and how many it has in all. */
  countedIn(name: string): { readonly keys: readonly string[]; readonly of: number }
  /** The batches in which nothing counts, with their revisions; as they are now. */
  readonly stale: ReadonlyMap<string, number>
}

interface Held {
  readonly name: string
  readonly keys: readonly string[]
  readonly gone: ReadonlySet<string>
  counted: number
  revision: number
}

const NONE: ReadonlySet<string> = new Set()

/** Keeps the ledger. That a key is gone counts for as long as an older record might otherwise be its newest again. */
export function createBatchLedger(): BatchLedger {
  const held = new Map<string, Held>()
  /** Where the newest record of a key is, if that is in a batch. */
  const newest = new Map<string, Held>()
  /** In how many batches a key has a record, other than that it is gone. */
  const mentions = new Map<string, number>()
  const alone = new Set<string>()
  const stale = new Map<string, number>()
  /**
   * Keys whose last record was dropped since the last aging, and in the time before. Those that were gone already when
   * they were read may be such keys.
   */
  let droppedOfLate = new Set<string>()
  let droppedBefore = new Set<string>()

  const mayReturn = (key: string) => mentions.has(key) || droppedOfLate.has(key) || droppedBefore.has(key)

  function discount(key: string): void {
    const last = newest.get(key)
    if (!last) return
    newest.delete(key)
    last.counted--
    if (last.counted === 0) stale.set(last.name, last.revision)
  }

  return {
    beginAlone: (key) => void alone.add(key),
    storedAlone(key, isGone) {
      discount(key)
      if (isGone) {
        alone.delete(key)
        droppedOfLate.add(key)
      } else alone.add(key)
    },
    isAlone: (key) => alone.has(key),
    begin(name, batch) {
      const keys = [...batch.keys()]
      const gone = keys.filter((key) => batch.get(key) === undefined)
      held.set(name, { name, keys, gone: gone.length === 0 ? NONE : new Set(gone), counted: 0, revision: 0 })
      for (const [key, text] of batch)
        if (text === undefined) droppedOfLate.add(key)
        else mentions.set(key, (mentions.get(key) ?? 0) + 1)
    },
    stored(name, revision) {
      const one = held.get(name)
      if (!one) return
      one.revision = revision
      for (const key of one.keys) {
        discount(key)
        newest.set(key, one)
        one.counted++
      }
      if (one.counted === 0) stale.set(name, revision)
    },
    doubted: (name, revision) => void stale.set(name, revision),
    dropped(name) {
      const one = held.get(name)
      stale.delete(name)
      if (!one) return
      held.delete(name)
      for (const key of one.keys) {
        if (one.gone.has(key)) continue
        const left = (mentions.get(key) ?? 1) - 1
        if (left > 0) {
          mentions.set(key, left)
          continue
        }
        mentions.delete(key)
        droppedOfLate.add(key)
      }
    },
    age() {
      const dropped = droppedBefore
      droppedBefore = droppedOfLate
      droppedOfLate = new Set()
      for (const key of dropped)
        if (!mayReturn(key) && !alone.has(key) && newest.get(key)?.gone.has(key)) discount(key)
    },
    isMentioned: (key) => alone.has(key) || mayReturn(key),
    needsMarker: (key) => alone.has(key) || (mayReturn(key) && !newest.has(key)),
    countedIn(name) {
      const one = held.get(name)
      if (!one) return { keys: [], of: 0 }
      return { keys: one.keys.filter((key) => newest.get(key) === one), of: one.keys.length }
    },
    stale,
  }
}
