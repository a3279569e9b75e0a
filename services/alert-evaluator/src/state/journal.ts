import type { AlertEvent } from '@tocsin/contract'
import { backoffMs, type Clock, type Log, messageOf, sleep } from '@tocsin/runtime'
import type { Counter } from 'prom-client'
import { type AlertRecord, eventOfRecord } from '../alerts/alert-record.ts'
import { type AlertBucket, OvertakenError } from './alert-bucket.ts'

/** Makes changes of alerts durable, then tells of them: per alert in order, different alerts side by side. */
export interface Journal {
  /** Resolves once the record is stored, never rejects; its transition is published after that. */
  write(key: string, record: AlertRecord): Promise<void>
  /** Publishes what a restored record says is unpublished. */
  resume(key: string, record: AlertRecord): void
  erase(key: string): void
  /** Records and transitions in hand. */
  pending(): number
  /** Resolves when nothing is in hand, or the signal has aborted. */
  settled(): Promise<void>
}

export interface JournalDeps {
  readonly bucket: AlertBucket
  /** Stores a transition in the ALERTS stream, under its id. */
  readonly publish: (event: AlertEvent) => Promise<unknown>
  /** Whether this replica still leads; asked right before each effect. */
  readonly isLeading: () => boolean
  /** This replica has been overtaken, and must read the state anew. */
  readonly onOvertaken: (error: Error) => void
  readonly clock: Clock
  readonly log: Log
  readonly published: Counter<'state'>
  readonly signal: AbortSignal
}

type Entry =
  | { readonly kind: 'write'; readonly record: AlertRecord; readonly stored: () => void }
  | { readonly kind: 'resume'; readonly record: AlertRecord }
  | { readonly kind: 'erase' }

export function createJournal(deps: JournalDeps): Journal {
  const { bucket, publish, isLeading, onOvertaken, clock, log, published, signal } = deps
  const queues = new Map<string, Entry[]>()
  const idle = new Set<() => void>()

  function add(key: string, entry: Entry): void {
    const queue = queues.get(key)
    if (queue) {
      queue.push(entry)
      return
    }
    const started: Entry[] = [entry]
    queues.set(key, started)
    void work(key, started).finally(() => {
      queues.delete(key)
      if (queues.size > 0) return
      for (const resolve of idle) resolve()
      idle.clear()
    })
  }

  async function work(key: string, queue: Entry[]): Promise<void> {
    for (let entry = queue[0]; entry; entry = queue[0]) {
      if (entry.kind === 'erase') await insist(key, () => bucket.erase(key))
      else await carryOut(key, entry, () => queue.length === 1)
      if (signal.aborted) return
      queue.shift()
    }
  }

  async function carryOut(
    key: string,
    entry: Exclude<Entry, { kind: 'erase' }>,
    isLast: () => boolean,
  ): Promise<void> {
    const { record } = entry
    if (entry.kind === 'write') {
      if (!(await insist(key, () => bucket.put(key, record)))) return
      entry.stored()
    }
    const event = eventOfRecord(record)
    if (!event || !(await insist(key, () => publish(event)))) return
    published.inc({ state: event.state })
    const { unpublished: _, ...told } = record
    // Off the critical path; a further change of this alert says it as well.
    if (isLast()) await insist(key, () => bucket.put(key, told))
  }

  /** Tries until it is done. False when this replica must not or cannot do it any more. */
  async function insist(key: string, act: () => Promise<unknown>): Promise<boolean> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (!isLeading()) return false
      try {
        await act()
        return true
      } catch (error) {
        if (error instanceof OvertakenError) {
          onOvertaken(error)
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
    settled() {
      if (queues.size === 0 || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        idle.add(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    },
  }
}

/** A message that no try will make fit. */
function isHopeless(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'too_large'
}
