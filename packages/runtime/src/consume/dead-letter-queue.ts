import { z } from 'zod'
import type { Bus } from '../bus/connect-bus.ts'
import { backoffMs, type Clock, sleep } from '../clock.ts'
import type { Log } from '../log/create-log.ts'
import type { ConsumerRecord } from './consumer-metrics.ts'
import type { HeldDelivery, Refusal } from './delivery.ts'
import { type DeadLetterSource, writeDeadLetter } from './write-dead-letter.ts'

/** Dead letters of a reader without acknowledgements, written in the order of the stream. */
export interface DeadLetterQueue {
  /** Says which stream is read, and looks up how far its dead letters are done. */
  follow(source: DeadLetterSource): Promise<void>
  /** Takes what was refused of one message; nothing when its letters are done since an earlier run. */
  offer(delivery: HeldDelivery, refusals: readonly Refusal[]): void
  /** Resolves when there is room for more; undefined when there is. */
  room(): Promise<void> | undefined
  /** Writes what is left, for as long as the signal lets it. */
  close(): Promise<void>
}

interface Letter {
  readonly source: DeadLetterSource
  readonly delivery: HeldDelivery
  readonly refusals: readonly Refusal[]
}

const MOST_LETTERS = 1000
const MOST_BYTES = 64 * 1024 * 1024
const AT_ONCE = 64
const POSITION_EVERY = 1000

const savedPosition = z.object({ incarnation: z.string(), sequence: z.int().nonnegative() })

/**
 * An ordered reader replays its stream at every start and would refuse the same messages again. What makes a letter
 * unique across restarts: letters are written batch after batch in stream order, and the highest sequence up to which
 * all are stored is kept in the bucket `positions`. A crash between a letter and its position repeats at most
 * a batch or so, which the letters' message ids catch within the stream's duplicate window.
 */
export function createDeadLetterQueue(deps: {
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly record: ConsumerRecord
  readonly signal: AbortSignal
}): DeadLetterQueue {
  const { bus, clock, log, record, signal } = deps
  const letters: Letter[] = []
  let bytes = 0
  let current: DeadLetterSource | undefined
  let doneUpTo = 0
  let unsaved = 0
  let writing: Promise<void> | undefined
  let waiters: (() => void)[] = []

  const key = ({ service, stream }: DeadLetterSource) => `dead-letters.${service}.${stream}`
  const full = () => letters.length >= MOST_LETTERS || bytes >= MOST_BYTES

  async function writeAll(): Promise<void> {
    while (letters.length > 0) {
      const batch = letters.slice(0, AT_ONCE)
      const written = await Promise.all(batch.map(writeOne))
      if (written.includes(false)) return
      letters.splice(0, batch.length)
      for (const { source, delivery } of batch) {
        bytes -= delivery.data.byteLength
        if (source !== current) continue
        doneUpTo = Math.max(doneUpTo, delivery.sequence)
        unsaved++
      }
      if (unsaved >= POSITION_EVERY || letters.length === 0) await savePosition()
      if (!full()) for (const wake of waiters.splice(0)) wake()
    }
  }

  /** Tries until it is stored; false when told to stop meanwhile. */
  async function writeOne({ source, delivery, refusals }: Letter): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        for (const [part, refusal] of refusals.entries())
          await writeDeadLetter(bus, source, delivery, refusal, part, signal)
        for (const refusal of refusals) record.deadLetter(refusal.reason, true)
        return true
      } catch (error) {
        if (attempt === 0) log.warn({ err: error, stream: source.stream }, 'a dead letter waits for NATS')
        if (signal.aborted) return false
        await sleep(clock, backoffMs(attempt, 250, 10_000), signal)
      }
    }
  }

  async function savePosition(): Promise<void> {
    const source = current
    if (!source || unsaved === 0) return
    try {
      const kv = await bus.kv('positions')
      await kv.put(key(source), JSON.stringify({ incarnation: source.incarnation, sequence: doneUpTo }))
      unsaved = 0
    } catch (error) {
      // The next letter saves it as well; until then a restart relies on the letters' ids.
      log.warn({ err: error, stream: source.stream }, 'the position of the dead letters was not saved')
    }
  }

  return {
    async follow(source) {
      if (current?.incarnation === source.incarnation) return
      const entry = await (await bus.kv('positions')).get(key(source))
      const saved =
        entry?.operation === 'PUT' ? savedPosition.safeParse(JSON.parse(entry.string())).data : undefined
      doneUpTo = saved?.incarnation === source.incarnation ? saved.sequence : 0
      current = source
    },
    offer(delivery, refusals) {
      if (!current || refusals.length === 0 || delivery.sequence <= doneUpTo) return
      letters.push({ source: current, delivery, refusals })
      bytes += delivery.data.byteLength
      writing ??= writeAll().finally(() => {
        writing = undefined
      })
    },
    room: () => (full() ? new Promise((resolve) => waiters.push(resolve)) : undefined),
    async close() {
      waiters.splice(0).forEach((wake) => {
        wake()
      })
      waiters = []
      await writing
      await savePosition()
    },
  }
}
