import { randomUUID } from 'node:crypto'
import { BatchDraft } from './batch-draft.ts'
import type { Edition } from './lane-series.ts'

/** Something that is to be stored, written message by message as each is begun. */
export interface LaneWork {
  /** Writes on from where it ended until it is done, which it says with true, or the message is full. */
  write(draft: BatchDraft): boolean
}

/**
 * Stores what one source sends in one order, through a dictionary that goes on from message to message: each series is
 * described once an edition. What waits while a message is under way shares the next one.
 */
export interface DictionaryLane {
  /** Resolves once all of it is stored. Rejects with what hindered it: then all of it has to be sent again. */
  store(work: LaneWork): Promise<void>
  isIdle(): boolean
}

export interface LaneOptions {
  readonly source: string
  /** Stores one message. Until it resolves or rejects, no other is sent: so what was lost is known. */
  readonly publish: (json: Uint8Array, id: string) => Promise<unknown>
  readonly now: () => number
  readonly maxLength?: number
}

interface Message {
  readonly id: string
  readonly json: Uint8Array | undefined
  readonly done: readonly Waiting[]
}

interface Waiting {
  readonly work: LaneWork
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Far below what a NATS server takes by default, 1 MiB. Bytes. */
const MAX_LENGTH = 256 * 1024
/** Who begins to read within an edition cannot use the rest of it, so that it must end. */
const EDITION_MS = 30_000
const LONGEST_EDITION_MS = 5 * 60_000
const MOST_SERIES = 250_000
/** Slow samples wait for a longer edition, until they take so many times the bytes that their descriptions took. */
const WORTH = 4

export function createDictionaryLane({ source, publish, now, maxLength }: LaneOptions): DictionaryLane {
  // Unique to this lane's life: what it numbered before is forgotten with it.
  const publisher = randomUUID()
  const waiting: Waiting[] = []
  let edition = beginEdition(0, now())
  const draft = new BatchDraft(edition, maxLength ?? MAX_LENGTH)
  let messages = 0
  let running = false

  /** Writes one message of what waits, and says whose work is done with it. */
  function compose(): Message {
    const timeMs = now()
    if (isOver(edition, timeMs)) edition = beginEdition(edition.number + 1, timeMs)
    draft.begin(edition)
    let count = 0
    for (const { work } of waiting) {
      if (!work.write(draft)) break
      count++
    }
    const id = `${publisher}-${messages++}`
    return { id, json: draft.finish({ publisher, source, id, timeMs }), done: waiting.splice(0, count) }
  }

  async function run(): Promise<void> {
    running = true
    while (waiting.length > 0) {
      let done: readonly Waiting[] = []
      try {
        const message = compose()
        done = message.done
        if (message.json) await publish(message.json, message.id)
        for (const { resolve } of done) resolve()
      } catch (error) {
        // Whether it was stored is not known: nothing may refer to what it described.
        edition = beginEdition(edition.number + 1, now())
        for (const { reject } of [...done, ...waiting.splice(0)]) reject(error)
      }
    }
    running = false
  }

  return {
    store: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ work, resolve, reject })
        if (!running) void run()
      }),
    isIdle: () => !running,
  }
}

function beginEdition(number: number, begunMs: number): Edition {
  return { number, begunMs, metrics: 0, series: 0, described: 0, sampled: 0 }
}

function isOver({ begunMs, series, described, sampled }: Edition, nowMs: number): boolean {
  const ageMs = nowMs - begunMs
  if (series >= MOST_SERIES || ageMs >= LONGEST_EDITION_MS) return true
  return ageMs >= EDITION_MS && sampled >= WORTH * described
}
