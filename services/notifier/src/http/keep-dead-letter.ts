import { deadLetterHeaders as h } from '@tocsin/contract'
import type { Bus, Log } from '@tocsin/runtime'

type LetterBus = Pick<Bus, 'publish' | 'subjects' | 'nc'>

/** What was refused outside of a consumer. */
export interface RefusedBody {
  readonly reason: string
  readonly detail: string
  readonly body: Uint8Array
  readonly time: string
  /** The subject or path that it came by, and the stream. */
  readonly subject: string
  readonly stream: string
  /** A repeated id is the same letter. */
  readonly msgId?: string
  readonly deadlineMs?: number
}

/** Stores a dead letter; a body that fits no message is cut, and the letter says so. */
export async function writeDeadLetter(bus: LetterBus, letter: RefusedBody): Promise<void> {
  const { reason, detail, body, time, subject, stream, ...options } = letter
  const room = (bus.nc.info?.max_payload ?? 1024 * 1024) - 8192
  const kept = body.byteLength > room ? body.subarray(0, room) : body
  const headers = {
    [h.reason]: reason,
    [h.detail]: detail.replace(/\s+/g, ' ').slice(0, 1024),
    [h.subject]: subject,
    [h.stream]: stream,
    [h.sequence]: '0',
    [h.time]: time,
    [h.service]: 'notifier',
    ...(kept === body ? {} : { [h.cut]: `${kept.byteLength}/${body.byteLength}` }),
  }
  await bus.publish(bus.subjects.deadLetter('notifier', reason), kept, { headers, ...options })
}

/** Keeps a refused request body as it came, as a dead letter; a NATS that is away costs the copy, not the answer. */
export async function keepDeadLetter(
  { bus, log }: { readonly bus: LetterBus; readonly log: Log },
  { path, ...letter }: Pick<RefusedBody, 'reason' | 'detail' | 'body' | 'time'> & { readonly path: string },
): Promise<void> {
  try {
    await writeDeadLetter(bus, { ...letter, subject: path, stream: 'http', deadlineMs: 3000 })
  } catch (error) {
    log.error(
      { err: error, path, reason: letter.reason },
      'a refused request could not be kept as a dead letter',
    )
  }
}
