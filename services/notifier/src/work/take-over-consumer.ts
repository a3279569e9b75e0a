import { AckPolicy, type ConsumerInfo, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import type { StreamKey } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { z } from 'zod'

export interface TakeOver {
  readonly stream: StreamKey
  readonly durable: string
  readonly filterSubject?: string
  /** A work queue needs no position: what is in the stream has not been acknowledged. */
  readonly workQueue: boolean
}

const position = z.object({ incarnation: z.string(), sequence: z.int().nonnegative() })

/**
 * Makes a consumer anew behind the last message that everything before is acknowledged of. Otherwise JetStream would
 * hand out new messages first, and those that a predecessor left unacknowledged only after their ack wait: a resolve
 * would overtake its alert. Only the holder of the lease may call it.
 */
export async function takeOverConsumer(bus: Bus, wanted: TakeOver): Promise<void> {
  const stream = bus.streamName(wanted.stream)
  const existing = await findConsumer(bus.jsm, stream, wanted.durable)
  const from = wanted.workQueue ? undefined : await startOf(bus, stream, wanted.durable, existing)
  if (existing && existing.num_ack_pending === 0) return
  if (existing) await bus.jsm.consumers.delete(stream, wanted.durable)
  if (!existing && from === undefined) return
  await bus.jsm.consumers.add(stream, {
    durable_name: wanted.durable,
    ack_policy: AckPolicy.Explicit,
    ...(wanted.filterSubject === undefined ? {} : { filter_subject: wanted.filterSubject }),
    ...(from === undefined
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from }),
  })
}

/** Where to go on. It is kept before the consumer that knows it is deleted. */
async function startOf(
  bus: Bus,
  stream: string,
  durable: string,
  existing: ConsumerInfo | undefined,
): Promise<number | undefined> {
  const kv = await bus.kv('positions')
  const key = `consumer.${durable}`
  const incarnation = (await bus.jsm.streams.info(stream)).created
  if (existing) {
    const sequence = existing.ack_floor.stream_seq
    await kv.put(key, JSON.stringify({ incarnation, sequence }))
    return sequence + 1
  }
  const entry = await kv.get(key)
  const known = entry?.operation === 'PUT' ? position.safeParse(JSON.parse(entry.string())).data : undefined
  return known?.incarnation === incarnation ? known.sequence + 1 : undefined
}

async function findConsumer(
  jsm: JetStreamManager,
  stream: string,
  durable: string,
): Promise<ConsumerInfo | undefined> {
  for await (const info of jsm.consumers.list(stream)) if (info.name === durable) return info
  return undefined
}
