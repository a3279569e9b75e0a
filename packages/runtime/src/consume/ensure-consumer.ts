import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { apiCode, apiCodeOf, toBusError } from '../bus/bus-error.ts'
import type { DurableOptions } from './consume-deps.ts'

const deliverPolicies = {
  all: DeliverPolicy.All,
  new: DeliverPolicy.New,
  'last-per-subject': DeliverPolicy.LastPerSubject,
} as const

/** Creates a durable consumer, or brings the one that is there up to date; where it stands is kept. */
export async function ensureConsumer(
  jsm: JetStreamManager,
  stream: string,
  options: DurableOptions & { readonly ackWaitMs: number; readonly maxAckPending: number },
): Promise<void> {
  const changeable: Partial<ConsumerConfig> = {
    ack_wait: nanos(options.ackWaitMs),
    max_ack_pending: options.maxAckPending,
    max_deliver: -1,
    ...(options.filterSubject === undefined ? {} : { filter_subject: options.filterSubject }),
  }
  const { durable, deliverFrom = 'all' } = options
  try {
    const existing = await infoOf(jsm, stream, durable)
    if (existing) await jsm.consumers.update(stream, durable, changeable)
    else
      await jsm.consumers.add(stream, {
        ...changeable,
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: deliverPolicies[deliverFrom],
      })
  } catch (error) {
    throw toBusError(error, `consumer ${durable} of ${stream}`)
  }
}

async function infoOf(jsm: JetStreamManager, stream: string, durable: string) {
  try {
    return await jsm.consumers.info(stream, durable)
  } catch (error) {
    if (apiCodeOf(error) === apiCode.consumerNotFound) return undefined
    throw error
  }
}
