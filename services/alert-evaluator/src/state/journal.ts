import type { AlertEvent } from '@tocsin/contract'
import { backoffMs, type Clock, type Lease, type Log, messageOf, sleep } from '@tocsin/runtime'
import type { Counter } from 'prom-client'
import { type AlertRecord, eventOfRecord } from '../alerts/alert-record.ts'
import { type AlertBucket, OvertakenError } from './alert-bucket.ts'

/** Makes changes of alerts durable, then tells of them: per alert in order, different alerts side by side. */
export interface Journal {
  /**
   * Resolves once the record is stored, or is no longer ours to store; never rejects. Its transition is published
   * after that.
   */
  write(key: string, record: AlertRecord): Promise<void>
  /** Publishes what a restored record says is unpublished. */
  resume(key: string, record: AlertRecord): void
  erase(key: string): void
  /** Records and transitions in hand. */
  pending(): number
  /** Resolves when nothing is in hand of the keys that are asked about (all, left out), or the signal has aborted. */
  settled(isAsked?: (key: string) => boolean): Promise<void>
}

export interface JournalDeps {
  readonly bucket: AlertBucket
  /** Stores a transition in the ALERTS stream, under its id. */
  readonly publish: (event: AlertEvent) => Promise<unknown>
  /**
   * The lease that a key's state may be written under now. What was begun under one is not carried out under another:
   * it is asked right before each effect whether that very lease is held.
   */
  readonly leaseOf: (key: string) => Lease | undefined
  /** Someone else wrote this key: its part must be read anew. */
  readonly onOvertaken: (key: string, error: Error) => void
  readonly clock: Clock
  readonly log: Log
  readonly published: Counter<'state'>
  readonly signal: AbortSignal
}

type Entry = { readonly lease: Lease | undefined } & Effect

type Effect =
  | { readonly kind: 'write'; readonly record: AlertRecord; readonly stored: () => void }
  | { readonly kind: 'resume'; readonly record: AlertRecord }
  | { readonly kind: 'erase' }

const MOST_AT_ONCE = 256

export function createJournal(deps: JournalDeps): Journal {
  const { bucket, publish, leaseOf, onOvertaken, clock, log, published, signal } = deps
  const queues = new Map<string, Entry[]>()
  const ready: string[] = []
  let working = 0
  const waiting = new Set<() => void>()

  function add(key: string, effect: Effect): void {
    const entry: Entry = { ...effect, lease: leaseOf(key) }
    const queue = queues.get(key)
    if (queue) {
      queue.push(entry)
      return
    }
    queues.set(key, [entry])
    ready.push(key)
    startReady()
  }

  /** So many alerts at once: what is asked of NATS beside them, a lease's renewal above all, must not wait for thousands. */
  function startReady(): void {
    while (working < MOST_AT_ONCE) {
      const key = ready.shift()
      const queue = key === undefined ? undefined : queues.get(key)
      if (key === undefined || !queue) return
      working++
      void work(key, queue).finally(() => {
        working--
        queues.delete(key)
        startReady()
        for (const check of [...waiting]) check()
      })
    }
  }

  async function work(key: string, queue: Entry[]): Promise<void> {
    for (let entry = queue[0]; entry; entry = queue[0]) {
      if (entry.kind === 'erase') await insist(key, entry, () => bucket.erase(key))
      else await carryOut(key, entry, () => queue.length === 1)
      if (signal.aborted) return
      queue.shift()
    }
  }

  async function carryOut(
    key: string,
    entry: Extract<Entry, { record: AlertRecord }>,
    isLast: () => boolean,
  ): Promise<void> {
    const { record } = entry
    if (entry.kind === 'write') {
      const isStored = await insist(key, entry, () => bucket.put(key, record))
      entry.stored()
      if (!isStored) return
    }
    const event = eventOfRecord(record)
    if (!event || !(await insist(key, entry, () => publish(event)))) return
    published.inc({ state: event.state })
    const { unpublished: _, ...told } = record
    // Off the critical path; a further change of this alert says it as well.
    if (isLast()) await insist(key, entry, () => bucket.put(key, told))
  }

  /** Tries until it is done. False when this replica must not or cannot do it any more. */
  async function insist(key: string, { lease }: Entry, act: () => Promise<unknown>): Promise<boolean> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (!lease?.isHeld()) return false
      try {
        await act()
        return true
      } catch (error) {
        if (error instanceof OvertakenError) {
          onOvertaken(key, error)
          return false
        }
        if (isHopeless(error)) {
          log.error({ err: error, key }, 'a change of an alert cannot be stored or told')
          return true
        }
        if (attempt === 0) log.warn({ key, reason: messageOf(error) }, 'a change of an alert waits for NATS')
        await sleep(clock, backoffMs(attempt, 50, 2000), signal)
      }
    }
    return false
  }

  return {
    write: (key, record) => new Promise((stored) => add(key, { kind: 'write', record, stored })),
    resume: (key, record) => add(key, { kind: 'resume', record }),
    erase: (key) => add(key, { kind: 'erase' }),
    pending: () => queues.values().reduce((sum, queue) => sum + queue.length, 0),
    settled(isAsked = () => true) {
      const isSettled = () => signal.aborted || !queues.keys().some(isAsked)
      if (isSettled()) return Promise.resolve()
      return new Promise((resolve) => {
        const check = () => {
          if (!isSettled()) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        signal.addEventListener('abort', check, { once: true })
      })
    },
  }
}

/** A message that no try will make fit. */
function isHopeless(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'too_large'
}
