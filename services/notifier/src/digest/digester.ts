import type { OutboxEvent } from '@tocsin/contract'
import { backoffMs, CodedError, type Delivery, type Done, done, type Stage, sleep } from '@tocsin/runtime'
import { type Book, bookKey } from './book.ts'
import { entriesOf } from './entries-of.ts'
import type { HeldGroups } from './held-groups.ts'
import { createShelf, type Held, type Shelf, type ShelfDeps } from './shelf.ts'

export interface DigesterDeps extends Omit<ShelfDeps, 'onTold'> {
  readonly bookOf: (event: OutboxEvent) => Book
  readonly groups: HeldGroups
}

export interface Digester {
  /** Takes a message for the next digest of its book; it is acknowledged once that digest is in the outbox. */
  readonly collect: Stage<OutboxEvent, Done>
  /** How many messages have been taken in since this began. */
  collected(): number
  /** Goes by the schedules that hold now. */
  adoptPolicy(): void
  stop(): void
}

/**
 * Makes one message of many. JetStream keeps each until its digest is on its way, so that a Redis that is away or
 * comes back empty loses nothing; Redis holds the batch, and knows what has been sent when a message comes back.
 */
export function createDigester(deps: DigesterDeps): Digester {
  const { clock, log, metrics, groups } = deps
  const shelves = new Map<string, Shelf>()
  /** Who waits to acknowledge a message: two, where JetStream has stored it twice. */
  const waiting = new Map<string, Set<() => void>>()
  let collected = 0

  function shelfFor(book: Book): Shelf {
    const key = bookKey(book)
    const shelf = shelves.get(key) ?? createShelf(book, { ...deps, onTold })
    shelves.set(key, shelf)
    return shelf
  }

  function onTold(id: string): void {
    groups.remove(id)
    for (const tell of waiting.get(id) ?? []) tell()
    waiting.delete(id)
    tellSize()
  }

  function tellSize(): void {
    metrics.digestSize([...shelves.values()].reduce((sum, { held }) => sum + held.size, 0))
  }

  async function collect(event: OutboxEvent, delivery: Delivery): Promise<Done> {
    const signal = AbortSignal.any([delivery.signal, deps.signal])
    if (event.heldFor !== undefined) groups.add(event.heldFor, event.groupKey, event.id)
    collected++
    if ((await shelve(event, delivery, signal)) === 'sent') {
      groups.remove(event.id)
      return done('digest_sent_before')
    }
    tellSize()
    await untilTold(event.id, signal)
    return done('digested')
  }

  async function shelve(event: OutboxEvent, { timeMs }: Delivery, signal: AbortSignal) {
    const { grouped } = event.stages
    const sinceMs = grouped === undefined ? timeMs : Math.min(timeMs, Date.parse(grouped))
    const message: Held = { entries: entriesOf(event), sinceMs }
    for (let tries = 0; ; tries++) {
      try {
        return await shelfFor(deps.bookOf(event)).add(event.id, message)
      } catch (error) {
        if (tries === 0) log.warn({ err: error }, 'digest entries wait for Redis; nothing is lost')
        await sleep(clock, backoffMs(tries, 250, 10_000), signal)
        if (signal.aborted) throw leftToNext()
      }
    }
  }

  function untilTold(id: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const those = waiting.get(id) ?? new Set()
      waiting.set(id, those)
      const leave = () => {
        those.delete(told)
        reject(leftToNext())
      }
      const told = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      those.add(told)
      signal.addEventListener('abort', leave, { once: true })
      if (signal.aborted) leave()
    })
  }

  return {
    collect,
    collected: () => collected,
    adoptPolicy() {
      for (const shelf of shelves.values()) shelf.plan()
    },
    stop() {
      for (const shelf of shelves.values()) shelf.stop()
    },
  }
}

function leftToNext(): CodedError {
  return new CodedError('stopping', 'left for the next notifier to send', { retryable: true })
}
