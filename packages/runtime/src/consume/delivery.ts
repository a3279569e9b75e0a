import type { Msg, MsgHdrs } from '@nats-io/transport-node'

/** Where a message stands in its stream: JetStream says it in the reply subject. Times in milliseconds. */
export interface Position {
  readonly stream: string
  readonly deliveryCount: number
  readonly streamSequence: number
  readonly consumerSequence: number
  readonly timeMs: number
  readonly pending: number
}

/** A part of a message, or all of it, that is refused for good. */
export interface Refusal {
  /** Low in number: it is a metric label and the last token of the dead letter's subject. */
  readonly reason: string
  /** What exactly, for whoever reads the dead letter. */
  readonly detail: string
  /** What is kept; the whole message when left out. */
  readonly body?: Uint8Array | string
  /** Counted and logged, but not kept: enough of its kind is kept already. */
  readonly onlyCounted?: boolean
}

/** What a stage knows of its message beside the value. */
export interface Delivery {
  readonly subject: string
  /** The raw body. */
  readonly data: Uint8Array
  readonly sequence: number
  /** 1 at the first delivery. */
  readonly deliveryCount: number
  /** When NATS stored it. Milliseconds since the epoch, with a fraction. */
  readonly timeMs: number
  /** Messages behind it in the stream. */
  readonly pending: number
  /** Stored before this reader began. */
  readonly replaying: boolean
  /** Aborts when the consumer stops, or this message has taken too long. */
  readonly signal: AbortSignal
  header(name: string): string | undefined
  /** Keeps a part of this message as a dead letter, while the rest goes on. */
  refusePart(refusal: Refusal): void
}

/** A message in hand: the delivery, and what the loop itself needs of it. */
export interface HeldDelivery extends Delivery {
  readonly headers: MsgHdrs | undefined
  readonly refusals: readonly Refusal[]
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time ns>.<pending>`, in clusters with a domain and an account before the stream. */
export function parsePosition(reply: string | undefined): Position | undefined {
  if (!reply?.startsWith('$JS.ACK.')) return undefined
  const tokens = reply.split('.')
  const at = tokens.length === 9 ? 2 : 4
  const stream = tokens[at]
  const pending = tokens[at + 6]
  if (stream === undefined || pending === undefined) return undefined
  return {
    stream,
    deliveryCount: Number(tokens[at + 2]),
    streamSequence: Number(tokens[at + 3]),
    consumerSequence: Number(tokens[at + 4]),
    timeMs: Number(tokens[at + 5]) / 1e6,
    pending: Number(pending),
  }
}

/** `signalOf` is asked for the delivery's signal when that is. */
export function toDelivery(
  message: Msg,
  position: Position,
  { replaying, signalOf }: { readonly replaying: boolean; readonly signalOf: () => AbortSignal },
): HeldDelivery {
  const refusals: Refusal[] = []
  return {
    subject: message.subject,
    data: message.data,
    headers: message.headers,
    sequence: position.streamSequence,
    deliveryCount: position.deliveryCount,
    timeMs: position.timeMs,
    pending: position.pending,
    replaying,
    refusals,
    get signal() {
      return signalOf()
    },
    header: (name) => message.headers?.get(name) || undefined,
    refusePart: (refusal) => void refusals.push(refusal),
  }
}
