import { outboxEvent } from '@tocsin/contract'
import { type Bus, type Clock, CodedError, type Log } from '@tocsin/runtime'
import type { NotifierMetrics } from '../metrics.ts'
import { anyReason } from './find-letters.ts'
import { type Letter, letterOf } from './letter.ts'

export interface ReplayDeps {
  readonly bus: Pick<Bus, 'jsm' | 'publish' | 'streamName' | 'subjects'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: NotifierMetrics
  /** Whether somebody empties the queue of this channel. */
  readonly isServed: (channel: string) => boolean
}

export type Replayed =
  /** It is in its queue again, and no longer a dead letter. */
  | {
      readonly status: 'replayed'
      readonly sequence: number
      readonly subject: string
      readonly reason: string
    }
  /** It was replayed before, or has expired. */
  | { readonly status: 'gone'; readonly sequence: number }

/**
 * Puts a dead letter into the queue it came from, then removes it. Done again, after a crash in between or by two at
 * once, it is one message: its id is the letter's.
 * @throws {CodedError} `not_found`, `not_replayable`
 */
export async function replayLetter(sequence: number, deps: ReplayDeps): Promise<Replayed> {
  const { bus, log, metrics } = deps
  const stream = bus.streamName('DEAD_LETTERS')
  const found = await findStored(sequence, deps)
  if (found === undefined) return { status: 'gone', sequence }
  const { letter, data } = found
  const payload = replayable(letter, data, deps)
  const { created } = await bus.jsm.streams.info(stream)
  await bus.publish(letter.subject, payload, { msgId: `replay-${created}-${sequence}` })
  // Only now: what is in neither place would be lost.
  await bus.jsm.streams.deleteMessage(stream, sequence, false).catch(async (error: unknown) => {
    if ((await bus.jsm.streams.getMessage(stream, { seq: sequence })) !== null) throw error
  })
  metrics.replayed(letter.reason)
  const { subject, reason } = letter
  log.info({ sequence, subject, reason }, 'a dead letter is in its queue again')
  return { status: 'replayed', sequence, subject, reason }
}

/** A letter of ours with its whole body; undefined for one that is gone. @throws {CodedError} `not_found` */
export async function findStored(sequence: number, { bus }: Pick<ReplayDeps, 'bus'>) {
  const stream = bus.streamName('DEAD_LETTERS')
  const message = await bus.jsm.streams.getMessage(stream, { seq: sequence })
  if (message === null) {
    const { state } = await bus.jsm.streams.info(stream)
    if (sequence <= state.last_seq) return undefined
    throw new CodedError(
      'not_found',
      `there has never been a dead letter ${sequence}: list them for their sequences`,
    )
  }
  if (!message.subject.startsWith(anyReason(bus).slice(0, -1)))
    throw new CodedError('not_found', `dead letter ${sequence} is another service's`)
  const { seq, data, header: headers, timestamp } = message
  return { letter: letterOf(bus, { seq, data, headers, timestamp }, data.byteLength), data }
}

/** What goes back into the queue. A notification begins its time anew: it was given up for being too old. */
function replayable(
  letter: Letter,
  data: Uint8Array,
  { bus, clock, isServed }: ReplayDeps,
): string | Uint8Array {
  const refuse = (why: string) => new CodedError('not_replayable', `dead letter ${letter.sequence} ${why}`)
  if (letter.cut !== undefined) throw refuse(`holds only ${letter.cut} bytes of the message: send that again`)
  if (letter.subject === bus.subjects.notificationRequest) return data
  if (letter.channel === undefined)
    throw refuse(
      `came by ${letter.subject || 'an unknown way'}, which is no queue: have its sender send it again`,
    )
  if (!isServed(letter.channel))
    throw refuse(`is for the channel ${letter.channel}, which is not configured: configure it first`)
  const { data: event } = outboxEvent.safeParse(parseJson(letter.body))
  if (!event) throw refuse('is no notification: show it to see what it holds')
  return JSON.stringify({
    ...event,
    stages: { ...event.stages, replayed: new Date(clock.now()).toISOString() },
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
