import type { JsMsg } from '@nats-io/jetstream'
import { deadLetterHeaders as h, textOfToken } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'

/** A refused message, with what became of it. */
export interface Letter {
  /** Its place in the dead letters, by which it is shown and replayed. */
  readonly sequence: number
  readonly reason: string
  readonly detail: string | undefined
  /** The subject it was on, or the path it was posted to. */
  readonly subject: string
  readonly stream: string | undefined
  /** The channel in whose queue it was, if it was in one. */
  readonly channel: string | undefined
  /** When it was first stored, RFC 3339. */
  readonly time: string | undefined
  /** When it became a dead letter, RFC 3339. */
  readonly refusedAt: string
  readonly bytes: number
  /** `<kept>/<whole>` in bytes, where it did not fit. */
  readonly cut: string | undefined
  readonly body: string
}

export type LetterSource = Pick<JsMsg, 'seq' | 'data' | 'headers' | 'timestamp'>

/** Reads a message of the dead letters; `shownBytes` of its body. */
export function letterOf(
  { subjects }: Pick<Bus, 'subjects'>,
  { seq, data, headers, timestamp }: LetterSource,
  shownBytes: number,
): Letter {
  const header = (name: string) => headers?.get(name) || undefined
  const subject = header(h.subject) ?? ''
  return {
    sequence: seq,
    reason: header(h.reason) ?? 'unknown',
    detail: header(h.detail),
    subject,
    stream: header(h.stream),
    channel: channelOf(subjects.allOutbox, subject),
    time: header(h.time),
    refusedAt: timestamp,
    bytes: data.byteLength,
    cut: header(h.cut),
    body: new TextDecoder().decode(data.subarray(0, shownBytes)),
  }
}

function channelOf(allOutbox: string, subject: string): string | undefined {
  const prefix = allOutbox.slice(0, -1)
  if (!subject.startsWith(prefix)) return undefined
  try {
    return textOfToken(subject.slice(prefix.length))
  } catch {
    return undefined
  }
}
