import { randomUUID } from 'node:crypto'
import type { DigestEntry } from '@tocsin/contract'
import { backoffMs, type ServiceContext } from '@tocsin/runtime'
import type { NotifierMetrics } from '../metrics.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import type { DigestOptions } from '../policy/policy.ts'
import { type Book, bookKey } from './book.ts'
import { buildDigests } from './build-digests.ts'
import type { DigestBatch, DigestStore } from './digest-store.ts'
import { nextDigestMs } from './next-digest.ts'

export interface ShelfDeps extends Pick<ServiceContext, 'clock' | 'log'> {
  readonly store: DigestStore
  readonly publish: PublishOutbox
  /** The queues that a book's digests go to, as the policy is now. */
  readonly queuesOf: (book: Book) => readonly string[]
  /** How a book's digest is told, as the policy is now. */
  readonly optionsOf: (book: Book) => DigestOptions
  readonly metrics: NotifierMetrics
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
  /** A message is in a digest that is on its way. */
  readonly onTold: (messageId: string) => void
}

/** A message that waits, by id. */
export interface Held {
  readonly entries: readonly DigestEntry[]
  /** Since when it waits. Milliseconds since the epoch. */
  readonly sinceMs: number
}

/** The messages of one book that wait for its next digest. */
export interface Shelf {
  readonly book: Book
  readonly held: ReadonlyMap<string, Held>
  /** Looks again at when its digest is due. */
  plan(): void
  /** Keeps a message; `sent` when it is in a digest already. */
  add(id: string, message: Held): Promise<'waiting' | 'sent'>
  stop(): void
}

/** What is overdue waits a moment for what comes right behind it, as after a start; but not for ever. */
const SETTLE_MS = 250
const MOST_SETTLE_MS = 5000
const AT_ONCE = 100

export function createShelf(book: Book, deps: ShelfDeps): Shelf {
  const { store, publish, clock, log, metrics } = deps
  const key = bookKey(book)
  const held = new Map<string, Held>()
  /** In the outbox, though Redis may not know it: one that comes back empty must not tell them again. */
  const told = new Set<string>()
  let entries = 0
  let oldestMs = Number.POSITIVE_INFINITY
  let overdueSinceMs: number | undefined
  /** Something runs, or is tried again: what comes meanwhile is planned for afterwards. */
  let busy = true
  let failures = 0
  let cancelTimer = () => {}

  function settle(id: string): void {
    const message = held.get(id)
    if (!message) return
    held.delete(id)
    told.delete(id)
    entries -= message.entries.length
    deps.onTold(id)
  }

  const isFull = () => entries >= (deps.optionsOf(book).most ?? Number.POSITIVE_INFINITY)

  /** A batch is in the outbox before Redis forgets it, and Redis knows it as sent before JetStream forgets its messages. */
  async function send(batch: DigestBatch, reason: 'schedule' | 'size'): Promise<void> {
    const queues = deps.queuesOf(book)
    if (queues.length === 0) throw new Error(`the receiver ${book.receiver} has no way to be told`)
    const present = { ...book, digest: deps.optionsOf(book) }
    for (const digest of buildDigests(batch, present, clock.now())) await publish(digest, queues)
    for (const id of batch.messages.keys()) told.add(id)
    await store.finish(key, batch.id, clock.now())
    for (const id of batch.messages.keys()) settle(id)
    told.clear()
    metrics.digest(book.digest.name, reason)
    log.info(
      { digest: key, batch: batch.id, messages: batch.messages.size, reason },
      'a digest is on its way',
    )
  }

  async function finishInterrupted(): Promise<void> {
    const interrupted = await store.unfinished(key)
    if (interrupted) await send(interrupted, 'schedule')
  }

  async function flush(): Promise<void> {
    const reason = isFull() ? 'size' : 'schedule'
    await finishInterrupted()
    for (const id of told) settle(id)
    // Again, for a Redis that has lost what it was given.
    const messages = [...held]
    for (let from = 0; from < messages.length; from += AT_ONCE)
      await Promise.all(
        messages.slice(from, from + AT_ONCE).map(async ([id, message]) => {
          if ((await store.add(key, id, message.entries)) === 'sent') settle(id)
        }),
      )
    const batch = await store.take(key, randomUUID())
    if (batch) await send(batch, reason)
    oldestMs = [...held.values()].reduce(
      (least, { sinceMs }) => Math.min(least, sinceMs),
      Number.POSITIVE_INFINITY,
    )
    overdueSinceMs = undefined
  }

  function arm(delayMs: number, task: () => Promise<void>): void {
    cancelTimer()
    if (deps.signal.aborted) return
    cancelTimer = clock.setTimeout(() => void run(task), delayMs)
  }

  async function run(task: () => Promise<void>): Promise<void> {
    busy = true
    try {
      if (!deps.mayAct()) throw new Error('the lease is not held')
      await task()
      busy = false
      failures = 0
      plan()
    } catch (error) {
      if (failures === 0) log.warn({ err: error, digest: key }, 'the digest waits')
      arm(backoffMs(failures++, 1000, 10_000), task)
    }
  }

  function plan(): void {
    if (busy || held.size === 0) return
    const nowMs = clock.now()
    const dueMs = isFull() ? nowMs : nextDigestMs(deps.optionsOf(book), oldestMs)
    if (dueMs > nowMs) {
      arm(dueMs - nowMs, flush)
      return
    }
    overdueSinceMs ??= nowMs
    arm(nowMs - overdueSinceMs < MOST_SETTLE_MS ? SETTLE_MS : 0, flush)
  }

  // What a predecessor left half done is not left until the next time.
  arm(0, finishInterrupted)
  return {
    book,
    held,
    plan,
    async add(id, message) {
      if ((await store.add(key, id, message.entries)) === 'sent') return 'sent'
      if (!held.has(id)) entries += message.entries.length
      held.set(id, message)
      oldestMs = Math.min(oldestMs, message.sinceMs)
      plan()
      return 'waiting'
    },
    stop: () => cancelTimer(),
  }
}
