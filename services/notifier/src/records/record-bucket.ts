import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KV } from '@nats-io/kv'
import { CodedError } from '@tocsin/runtime'
import { BATCH_PREFIX, type Batch, decodeBatch, encodeBatch, recordsOf } from './batch.ts'
import { createBatchLedger } from './batch-ledger.ts'

/**
 * Records by key, of which one process at a time is the writer. A write resolves once it is durable, and is the newest
 * of its key then; what is written while another write is under way is stored together, in one message.
 */
export interface RecordBucket {
  /** The records with this prefix as they were when the bucket was opened. Answers them once, to who goes on with them. */
  takeLoaded(prefix: string): ReadonlyMap<string, string>
  /** `text` is of one line. */
  put(key: string, text: string): Promise<void>
  remove(key: string): Promise<void>
  /**
   * Wipes what passes, and markers of what was removed, from before this moment; writes anew what is left of old batches.
   * Call it now and then: the next time, what was sent before must have arrived, and the server have it on its disk.
   */
  tidy(beforeMs: number): Promise<void>
  /** Refuses what has not been sent yet; resolves once what has been will not change the bucket any more. */
  stop(): Promise<void>
}

export interface RecordBucketDeps {
  readonly kv: KV
  /** Removes one message, without leaving a marker; it may be gone already. */
  readonly wipe: (revision: number) => Promise<void>
  /** Keys of others in the same bucket, of which {@link RecordBucket.tidy} wipes the old ones. */
  readonly isPassing: (key: string) => boolean
  /** Whether this process is the writer still. */
  readonly mayAct: () => boolean
  readonly onFault: (error: unknown) => void
}

/** What waits to be stored in one go. */
interface Pending {
  readonly batch: Map<string, string | undefined>
  readonly done: Map<string, PromiseWithResolvers<void>>
  characters: number
}

/** Characters of a batch: far below what a message may have. */
const MOST_IN_BATCH = 128 * 1024
/** A longer record gets a message of its own. */
const MOST_IN_COMPANY = 32 * 1024
/** Batches in which nothing counts wait until nothing is written, unless they are this many. */
const MOST_STALE = 1000

/** Opens the bucket and reads it. Only while its writer is this process. */
export async function openRecordBucket(deps: RecordBucketDeps): Promise<RecordBucket> {
  const { kv, wipe, isPassing, mayAct, onFault } = deps
  const ledger = createBatchLedger()
  const loaded = new Map<string, string>()
  const waiting: Pending[] = []
  let writing: Pending | undefined
  /** Batches that may have been stored after all: those that failed since the last tidying, and before. */
  let failed: string[] = []
  let doubtful: string[] = []
  let storing: Promise<void> | undefined
  let wiping: Promise<void> | undefined
  let isStopped = false

  // Without that, a former writer would take for old what its successor reads, or has written.
  const isWriter = () => !isStopped && mayAct()

  function write(key: string, text: string | undefined): Promise<void> {
    let last = waiting.at(-1)
    if (!last || last.characters > MOST_IN_BATCH) {
      last = { batch: new Map(), done: new Map(), characters: 0 }
      waiting.push(last)
    }
    last.batch.set(key, text)
    last.characters += key.length + (text?.length ?? 0)
    let done = last.done.get(key)
    if (!done) {
      done = Promise.withResolvers()
      last.done.set(key, done)
    }
    // What else is written within this turn of the event loop comes along.
    storing ??= nextTurn().then(storeAll)
    return done.promise
  }

  async function storeAll(): Promise<void> {
    for (writing = waiting.shift(); writing; writing = waiting.shift()) {
      await store(writing)
      if (ledger.stale.size > MOST_STALE) void beginWiping()
    }
    storing = undefined
    void beginWiping()
  }

  /** Resolves when all have ended: were others begun before, an older record might be stored behind a newer one. */
  async function store({ batch, done }: Pending): Promise<void> {
    const isApart = (key: string, text = '') => ledger.isAlone(key) || text.length > MOST_IN_COMPANY
    const apart = [...batch].filter(([key, text]) => isApart(key, text))
    for (const [key] of apart) batch.delete(key)
    if (batch.size === 1) apart.push(...batch)
    const all = apart.map(([key, text]) => settle(done, [key], () => storeAlone(key, text)))
    if (batch.size > 1) all.push(settle(done, batch.keys(), () => storeTogether(batch)))
    await Promise.all(all)
  }

  /** Each message by itself: that one is refused must not refuse what merely came along. */
  async function settle(
    done: Pending['done'],
    keys: Iterable<string>,
    task: () => Promise<void>,
  ): Promise<void> {
    try {
      if (!isWriter()) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
      await task()
      for (const key of keys) done.get(key)?.resolve()
    } catch (error) {
      for (const key of keys) done.get(key)?.reject(error)
    }
  }

  async function storeAlone(key: string, text: string | undefined): Promise<void> {
    ledger.beginAlone(key)
    if (text === undefined) await kv.delete(key)
    else await kv.put(key, Buffer.from(text))
    ledger.storedAlone(key, text === undefined)
  }

  async function storeTogether(batch: Batch): Promise<void> {
    const name = `${BATCH_PREFIX}${randomUUID()}`
    ledger.begin(name, batch)
    try {
      ledger.stored(name, await kv.put(name, Buffer.from(encodeBatch(batch))))
    } catch (error) {
      failed.push(name)
      throw error
    }
  }

  function beginWiping(): Promise<void> {
    wiping ??= Promise.resolve().then(wipeStale)
    return wiping
  }

  async function wipeStale(): Promise<void> {
    try {
      for (const [name, revision] of ledger.stale) {
        if (!isWriter()) break
        await wipe(revision)
        ledger.dropped(name)
      }
    } catch (error) {
      onFault(error)
    }
    wiping = undefined
  }

  const isBeingWritten = (key: string) => writing?.done.has(key) || waiting.some(({ done }) => done.has(key))

  /** What counts in a batch, if that is little: written anew, the rest of it can go. */
  function remainsOf(name: string): readonly string[] {
    const { keys, of } = ledger.countedIn(name)
    return keys.length * 2 > of ? [] : keys.filter((key) => !isBeingWritten(key))
  }

  for await (const entry of await kv.history({ key: '>' })) {
    const { key } = entry
    if (isPassing(key)) continue
    const text = entry.operation === 'PUT' ? entry.string() : undefined
    const records = recordsOf(key, text)
    if (!key.startsWith(BATCH_PREFIX)) ledger.storedAlone(key, text === undefined)
    else {
      ledger.begin(key, records)
      ledger.stored(key, entry.revision)
    }
    for (const [one, record] of records)
      if (record === undefined) loaded.delete(one)
      else loaded.set(one, record)
  }

  return {
    takeLoaded(prefix) {
      const found = new Map<string, string>()
      for (const [key, text] of loaded) if (key.startsWith(prefix)) found.set(key, text)
      for (const key of found.keys()) loaded.delete(key)
      return found
    },
    put: write,
    async remove(key) {
      if (ledger.isMentioned(key) || isBeingWritten(key)) await write(key, undefined)
    },
    async tidy(beforeMs) {
      ledger.age()
      for (const name of doubtful) {
        const found = await kv.get(name)
        if (found) ledger.doubted(name, found.revision)
        else ledger.dropped(name)
      }
      doubtful = failed
      failed = []
      const old: [name: string, batch: Batch][] = []
      for await (const entry of await kv.history({ key: '>' })) {
        const { key, revision } = entry
        if (entry.created.getTime() >= beforeMs) continue
        if (isPassing(key)) await wipe(revision)
        else if (entry.operation !== 'PUT') {
          if (!ledger.needsMarker(key)) await wipe(revision)
        } else if (key.startsWith(BATCH_PREFIX) && remainsOf(key).length > 0)
          old.push([key, decodeBatch(entry.string())])
      }
      for (const [name, batch] of old)
        await Promise.all(remainsOf(name).map((key) => write(key, batch.get(key))))
      await beginWiping()
    },
    async stop() {
      isStopped = true
      await storing
      await wiping
    },
  }
}
