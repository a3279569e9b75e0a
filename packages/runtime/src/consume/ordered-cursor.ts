import { AckPolicy, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import { nanos, nuid } from '@nats-io/transport-node'
import { incarnationName } from './stream-incarnation.ts'

/** An ephemeral consumer that reads on from where the reader is. */
export interface OrderedCursor {
  readonly consumer: string
  readonly incarnation: string
  /** The stream's last sequence as it was made. */
  readonly lastSequence: number
  /** Messages that this consumer will deliver of those stored by now. */
  readonly pending: number
  /** First sequence it may deliver. */
  readonly from: number
}

/**
 * Makes the ephemeral consumer. `after` is the last sequence read, and of which making of the stream.
 * A stream that was made anew is read from its beginning. One that lost its end in a crash is read from its new end
 * on: waiting for the old sequence to come round would skip what is stored meanwhile.
 */
export async function openCursor(
  jsm: JetStreamManager,
  stream: string,
  after: { readonly sequence: number; readonly incarnation: string | undefined },
  which: { readonly filterSubject?: string; readonly lastPerSubject?: boolean },
): Promise<OrderedCursor> {
  const { created, state } = await jsm.streams.info(stream)
  const incarnation = incarnationName(created)
  const anew = after.incarnation !== undefined && after.incarnation !== incarnation
  const from = anew ? 1 : Math.min(after.sequence, state.last_seq) + 1
  const info = await jsm.consumers.add(stream, {
    name: `ordered-${nuid.next()}`,
    ack_policy: AckPolicy.None,
    ...(which.lastPerSubject && from === 1
      ? { deliver_policy: DeliverPolicy.LastPerSubject, filter_subject: '>' }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from }),
    max_deliver: 1,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(60_000),
    ...(which.filterSubject === undefined ? {} : { filter_subject: which.filterSubject }),
  })
  return { consumer: info.name, incarnation, lastSequence: state.last_seq, pending: info.num_pending, from }
}
