import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KV } from '@nats-io/kv'
import type { RecordBucketDeps } from '../src/records/record-bucket.ts'

/** What becomes of a request: `late` is answered with a failure before it is done, `unanswered` after. */
export type Fate = 'done' | 'lost' | 'late' | 'unanswered'

export interface Fault {
  readonly fate: Fate
  /** Turns of the event loop that it takes. */
  readonly turns: number
}

interface Message {
  readonly key: string
  readonly revision: number
  readonly text: string | undefined
}

/** For tests: a bucket in memory. What is put is stored in the order it was sent; what is wiped may overtake that. */
export function createFaultyBucket(nextFault: () => Fault) {
  let messages: readonly Message[] = []
  /** What a crash may bring back. */
  let removed: readonly Message[] = []
  const sent: string[] = []
  let revision = 0
  let line: Promise<void> = Promise.resolve()

  async function pass(turns: number): Promise<void> {
    for (let i = 0; i < turns; i++) await nextTurn()
  }

  function remove(isDue: (message: Message) => boolean): void {
    removed = [...removed, ...messages.filter(isDue)]
    messages = messages.filter((message) => !isDue(message))
  }

  async function store(key: string, text: string | undefined): Promise<number> {
    const { fate, turns } = nextFault()
    let stored = 0
    sent.push(key)
    line = line.then(async () => {
      await pass(turns)
      if (fate === 'lost') return
      stored = ++revision
      remove((message) => message.key === key)
      messages = [...messages, { key, revision: stored, text }]
    })
    if (fate !== 'late') await line
    if (fate !== 'done') throw new Error(fate)
    return stored
  }

  async function wipe(wiped: number): Promise<void> {
    const { fate, turns } = nextFault()
    await pass(turns)
    if (fate !== 'lost') remove((message) => message.revision === wiped)
    if (fate !== 'done') throw new Error(fate)
  }

  const newestOf = (key: string) => messages.find((message) => message.key === key)

  async function get(key: string): Promise<Message | null> {
    const { fate, turns } = nextFault()
    await pass(turns)
    if (fate !== 'done') throw new Error(fate)
    return newestOf(key) ?? null
  }

  async function* history() {
    for (const { text, revision: seq, ...rest } of messages) {
      await pass(1)
      const operation = text === undefined ? 'DEL' : 'PUT'
      yield { ...rest, revision: seq, operation, created: new Date(seq), string: () => text }
    }
  }

  const kv = {
    put: (key: string, bytes: Buffer) => store(key, bytes.toString()),
    delete: (key: string) => store(key, undefined),
    get,
    history: () => Promise.resolve(history()),
  } as unknown as KV

  return {
    deps: { kv, wipe, isPassing: (key) => key.startsWith('passing.') } satisfies Partial<RecordBucketDeps>,
    /** What there is, in stream order. */
    messages: () => messages,
    textOf: (key: string) => newestOf(key)?.text,
    /** The keys of all messages that were sent. */
    sent: sent as readonly string[],
    /** Resolves when what has been sent until now has arrived. */
    arrived: () => line,
    /** Answers what makes it certain that what is removed by now stays so. */
    hardening() {
      const soFar = new Set(removed)
      return () => {
        removed = removed.filter((message) => !soFar.has(message))
      }
    },
    /** The server forgets some of what it has removed; of a key it keeps one message. */
    crash(back: readonly number[]): void {
      const returned = new Set(back.flatMap((nth) => removed[nth % removed.length] ?? []))
      const all = [...messages, ...returned].sort((one, other) => one.revision - other.revision)
      const newest = new Map(all.map((message) => [message.key, message]))
      messages = all.filter((message) => newest.get(message.key) === message)
      removed = []
    },
  }
}
