import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import type { StreamKey } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'

export interface ReadLogOptions<T> {
  readonly stream: StreamKey
  /** Must lie within one of the stream's own subjects. */
  readonly filterSubject: string | undefined
  readonly limit: number
  /** What a message is in the answer; undefined leaves it out. */
  readonly read: (message: JsMsg) => T | undefined
}

const WINDOW = 1000
/** How far back a search goes before it answers with what it has found. */
const MOST_SCANNED = 50_000

/** The newest messages of a stream that `read` accepts, newest first. JetStream reads forwards, so window by window. */
export async function readLog<T>(
  bus: Pick<Bus, 'js' | 'jsm' | 'streamName'>,
  options: ReadLogOptions<T>,
): Promise<T[]> {
  const name = bus.streamName(options.stream)
  const { state } = await bus.jsm.streams.info(name)
  const found: T[] = []
  const oldest = Math.max(state.first_seq, state.last_seq - MOST_SCANNED + 1)
  for (let to = state.last_seq; to >= oldest && found.length < options.limit; to -= WINDOW) {
    const from = Math.max(oldest, to - WINDOW + 1)
    const window = await readWindow(bus, name, options, from, to)
    found.push(...window.reverse())
  }
  return found.slice(0, options.limit)
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
  const messages = await consumer.fetch({ max_messages: Math.min(WINDOW, pending), expires: 2000 })
  for await (const message of messages) {
    if (message.seq > to) break
    const value = read(message)
    if (value !== undefined) found.push(value)
  }
  await consumer.delete().catch(() => {})
  return found
}
