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
  readonly keys: readonly Key[]
  readonly gone: ReadonlySet<string>
  counted: number
  revision: number
}

/** A key that batches name. */
interface Key {
  readonly key: string
  /** The batch with its newest record, if that is in a batch. */
  newest: Held | undefined
  /** In how many batches it has a record, other than that it is gone. */
  mentions: number
  /** How many batches name it at all. */
  batches: number
}

const NONE: ReadonlySet<string> = new Set()

/** Keeps the ledger. That a key is gone counts for as long as an older record might otherwise be its newest again. */
export function createBatchLedger(): BatchLedger {
  const held = new Map<string, Held>()
  const known = new Map<string, Key>()
  const alone = new Set<string>()
  const stale = new Map<string, number>()
  /**
   * Keys whose last record was dropped since the last aging, and in the time before. Those that were gone already when
   * they were read may be such keys.
   */
  let droppedOfLate = new Set<string>()
  let droppedBefore = new Set<string>()

  const mayReturn = (key: string) =>
    (known.get(key)?.mentions ?? 0) > 0 || droppedOfLate.has(key) || droppedBefore.has(key)

  function keyOf(key: string): Key {
    const found = known.get(key)
    if (found) return found
    const made: Key = { key, newest: undefined, mentions: 0, batches: 0 }
    known.set(key, made)
    return made
  }

  /** Its newest record is no longer in that batch. */
  function discount(key: Key | undefined): void {
    const last = key?.newest
    if (!key || !last) return
    key.newest = undefined
    last.counted--
    if (last.counted === 0) stale.set(last.name, last.revision)
    forgetIfUnnamed(key)
  }

  function forgetIfUnnamed({ key, batches, newest }: Key): void {
    if (batches === 0 && !newest) known.delete(key)
  }

  return {
    beginAlone: (key) => void alone.add(key),
    storedAlone(key, isGone) {
      discount(known.get(key))
      if (isGone) {
        alone.delete(key)
        droppedOfLate.add(key)
      } else alone.add(key)
    },
    isAlone: (key) => alone.has(key),
    begin(name, batch) {
      const keys: Key[] = []
      const gone: string[] = []
      for (const [key, text] of batch) {
        const one = keyOf(key)
        keys.push(one)
        one.batches++
        if (text !== undefined) one.mentions++
        else {
          gone.push(key)
          droppedOfLate.add(key)
        }
      }
      held.set(name, { name, keys, gone: gone.length === 0 ? NONE : new Set(gone), counted: 0, revision: 0 })
    },
    stored(name, revision) {
      const one = held.get(name)
      if (!one) return
      one.revision = revision
      for (const key of one.keys) {
        discount(key)
        key.newest = one
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
        key.batches--
        if (!one.gone.has(key.key)) {
          key.mentions--
          if (key.mentions === 0) droppedOfLate.add(key.key)
        }
        forgetIfUnnamed(key)
      }
    },
    age() {
      const dropped = droppedBefore
      droppedBefore = droppedOfLate
      droppedOfLate = new Set()
      for (const key of dropped) {
        const one = known.get(key)
        if (one?.newest?.gone.has(key) && !mayReturn(key) && !alone.has(key)) discount(one)
      }
    },
    isMentioned: (key) => alone.has(key) || mayReturn(key),
    needsMarker: (key) => alone.has(key) || (mayReturn(key) && !known.get(key)?.newest),
    countedIn(name) {
      const one = held.get(name)
      if (!one) return { keys: [], of: 0 }
      const counted = one.keys.filter(({ newest }) => newest === one)
      return { keys: counted.map(({ key }) => key), of: one.keys.length }
    },
    stale,
  }
}
