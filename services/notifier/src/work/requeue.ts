import type { Bus, Log } from '@tocsin/runtime'

const AT_ONCE = 64
/** The place that a message had in its queue before it was ever moved. */
const PLACE = 'Tocsin-Place'

interface Waiting {
  readonly seq: number
  readonly place: number
}

/**
 * Puts what is left of one subject of a work queue at its end, in its order, as new messages. A consumer that is
 * made later finds these for certain: nats-server 2.9 passes over an old message when a newer one of its subject was
 * acknowledged before another newer one. A crash half-way leaves some moved behind others that are not: each bears its
 * first place, by which the next one puts all in order again, and knows a message that is there twice.
 * Only while no consumer of that subject exists.
 */
export async function requeue(bus: Bus, log: Log, stream: string, subject: string): Promise<number> {
  const { state } = await bus.jsm.streams.info(stream, { subjects_filter: subject, deleted_details: true })
  const count = state.subjects?.[subject] ?? 0
  if (count === 0) return 0
  const gone = new Set(state.deleted ?? [])
  const present: number[] = []
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) if (!gone.has(seq)) present.push(seq)
  const waiting = (await placesOf(bus, stream, subject, present)).sort(
    (a, b) => a.place - b.place || b.seq - a.seq,
  )
  let moved = 0
  for (let from = 0; from < waiting.length; from += AT_ONCE) {
    const found = await getMessages(
      bus,
      stream,
      waiting.slice(from, from + AT_ONCE).map(({ seq }) => seq),
    )
    for (const [i, message] of found.entries()) {
      if (!message) continue
      const place = waiting[from + i]?.place ?? message.seq
      // Of two, the newest is moved: the other's new id was used already, and JetStream would not store it again.
      const isTwice = waiting[from + i - 1]?.place === place
      if (!isTwice) {
        const headers: Record<string, string> = { [PLACE]: String(place) }
        for (const name of message.header.keys()) if (name !== PLACE) headers[name] = message.header.get(name)
        const id = (headers['Nats-Msg-Id'] ?? '').replace(/-requeued-\d+$/, '')
        await bus.publish(subject, message.data, { headers, msgId: `${id}-requeued-${message.seq}` })
        moved++
      }
      await bus.jsm.streams.deleteMessage(stream, message.seq, false)
    }
  }
  log.info({ subject, moved }, 'what was left on its way goes first')
  return moved
}

/** The messages of the subject, with their first places. */
async function placesOf(
  bus: Bus,
  stream: string,
  subject: string,
  present: readonly number[],
): Promise<Waiting[]> {
  const waiting: Waiting[] = []
  for (let from = 0; from < present.length; from += AT_ONCE)
    for (const message of await getMessages(bus, stream, present.slice(from, from + AT_ONCE)))
      if (message?.subject === subject)
        waiting.push({ seq: message.seq, place: Number(message.header.get(PLACE) || message.seq) })
  return waiting
}

/** By its number a message is always found. */
function getMessages(bus: Bus, stream: string, seqs: readonly number[]) {
  return Promise.all(seqs.map((seq) => bus.jsm.streams.getMessage(stream, { seq })))
}
