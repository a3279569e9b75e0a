import type { Bus, Log } from '@tocsin/runtime'

const AT_ONCE = 64

/**
 * Puts what is left of one subject of a work queue at its end, in its order, as new messages. A consumer that is
 * made later finds these for certain: nats-server 2.9 passes over an old message when a newer one of its subject was
 * acknowledged before another newer one. A crash in between leaves a message twice, which delivery knows by its id.
 * Only while no consumer of that subject exists.
 */
export async function requeue(bus: Bus, log: Log, stream: string, subject: string): Promise<number> {
  const { state } = await bus.jsm.streams.info(stream, { subjects_filter: subject, deleted_details: true })
  const count = state.subjects?.[subject] ?? 0
  if (count === 0) return 0
  const gone = new Set(state.deleted ?? [])
  const present: number[] = []
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) if (!gone.has(seq)) present.push(seq)
  let moved = 0
  for (let from = 0; from < present.length; from += AT_ONCE) {
    const found = await Promise.all(
      // By its number a message is always found.
      present.slice(from, from + AT_ONCE).map((seq) => bus.jsm.streams.getMessage(stream, { seq })),
    )
    for (const message of found) {
      if (message?.subject !== subject) continue
      const headers: Record<string, string> = {}
      for (const name of message.header.keys()) headers[name] = message.header.get(name)
      const id = (headers['Nats-Msg-Id'] ?? '').replace(/-requeued-\d+$/, '')
      const msgId = `${id}-requeued-${message.seq}`
      await bus.publish(subject, message.data, { headers, msgId })
      await bus.jsm.streams.deleteMessage(stream, message.seq, false)
      moved++
    }
  }
  log.info({ subject, moved }, 'what was left on its way goes first')
  return moved
}
