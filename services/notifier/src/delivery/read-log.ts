import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import type { StreamKey } from '@tocsin/contract'
import { type Bus, BusError } from '@tocsin/runtime'

export interface ReadLogOptions<T> {
  readonly stream: StreamKey
  /** Must lie within one of the stream's own subjects. */
  readonly filterSubject: string | undefined
  readonly limit: number
  /** Only what was stored in this time. Milliseconds since the epoch. */
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  /** What a message is in the answer; undefined leaves it out. */
  readonly read: (message: JsMsg) => T | undefined
}

export interface LogPage<T> {
  readonly found: readonly T[]
  /** Nothing that was asked for is missing but what lies beyond the limit. */
  readonly complete: boolean
}

type LogBus = Pick<Bus, 'js' | 'jsm' | 'streamName'>

const WINDOW = 1000
const FETCH_MS = 2000
const SILENT_MS = 500
/** How far back a search goes before it answers with what it has found. */
const MOST_SCANNED = 50_000

/** The newest messages of a stream that `read` accepts, newest first. JetStream reads forwards, so window by window. */
export async function readLog<T>(bus: LogBus, options: ReadLogOptions<T>): Promise<LogPage<T>> {
  const name = bus.streamName(options.stream)
  const { first, last } = await boundsOf(bus, name, options)
  const found: T[] = []
  const oldest = Math.max(first, last - MOST_SCANNED + 1)
  for (let to = last; to >= oldest && found.length < options.limit; to -= WINDOW) {
    const from = Math.max(oldest, to - WINDOW + 1)
    const window = await readWindow(bus, name, options, from, to)
    found.push(...window.reverse())
  }
  const complete = found.length >= options.limit || oldest === first
  return { found: found.slice(0, options.limit), complete }
}

/** The first and last sequence of what was stored in the time asked for. */
async function boundsOf(
  bus: LogBus,
  name: string,
  { sinceMs, untilMs }: Pick<ReadLogOptions<unknown>, 'sinceMs' | 'untilMs'>,
): Promise<{ first: number; last: number }> {
  const { state } = await bus.jsm.streams.info(name)
  const after = (ms: number) => firstAt(bus, name, ms)
  const first = sinceMs === undefined ? state.first_seq : ((await after(sinceMs)) ?? state.last_seq + 1)
  const last = untilMs === undefined ? state.last_seq : ((await after(untilMs + 1)) ?? state.last_seq + 1) - 1
  return { first, last: Math.min(last, state.last_seq) }
}

/** The first sequence stored at or after a time; undefined when there is none yet. */
async function firstAt(bus: LogBus, name: string, ms: number): Promise<number | undefined> {
  const consumer = await bus.js.consumers.get(name, {
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(ms).toISOString(),
  })
  try {
    if ((await consumer.info()).num_pending === 0) return undefined
    return (await consumer.next({ expires: FETCH_MS }))?.seq
  } finally {
    await consumer.delete().catch(() => {})
  }
}

async function readWindow<T>(
  bus: Pick<Bus, 'js'>,
  stream: string,
  { filterSubject, read }: ReadLogOptions<T>,
  from: number,
  to: number,
): Promise<T[]> {
  const consumer = await bus.js.consumers.get(stream, {
    ...(filterSubject === undefined ? {} : { filter_subjects: filterSubject }),
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
  })
  const { num_pending: pending } = await consumer.info()
  const found: T[] = []
  if (pending === 0) return found
  const wanted = Math.min(WINDOW, pending)
  let received = 0
  let last = 0
  while (received < wanted && last < to) {
    const before = received
    const messages = await consumer.fetch({ max_messages: wanted - received, expires: FETCH_MS })
    // The server ends a fetch; one that has fallen silent does not.
    const tooLate = setTimeout(() => messages.stop(), FETCH_MS + SILENT_MS)
    try {
      for await (const message of messages) {
        received++
        last = message.seq
        if (last > to) break
        const value = read(message)
        if (value !== undefined) found.push(value)
      }
    } finally {
      clearTimeout(tooLate)
    }
    if (received > before) continue
    // A page with a hole in it would pass for the whole: what was sent before a restart would be sent again.
    if ((await consumer.info()).num_pending === 0) break
    throw new BusError('timeout', 'NATS sent only a part of the log in time: ask again', { retryable: true })
  }
  await consumer.delete().catch(() => {})
  return found
}
