import { randomBytes } from 'node:crypto'
import { AckPolicy, type ConsumerInfo, DeliverPolicy } from '@nats-io/jetstream'
import type { StreamKey } from '@tocsin/contract'
import { type Bus, type Log, messageOf } from '@tocsin/runtime'
import { requeue } from './requeue.ts'

export interface TakeOver {
  readonly stream: StreamKey
  /** The consumer's name, to which each taking over adds something of its own. */
  readonly name: string
  readonly filterSubject: string
  /** A work queue needs no position: what is in the stream has not been acknowledged. */
  readonly workQueue: boolean
}

/**
 * Makes a consumer that begins behind the last message of which everything before is acknowledged, in place of the
 * predecessor's; answers its name. Going on with the same one would hand out new messages first, and those left
 * unacknowledged only after their ack wait: a resolve would overtake its alert. Only the holder of the lease may call it.
 */
export async function takeOverConsumer(bus: Bus, log: Log, wanted: TakeOver): Promise<string> {
  const stream = bus.streamName(wanted.stream)
  const former = await formerConsumers(bus, stream, wanted.name)
  // Never a name used before: servers of 2.9 may find the state of the deleted one under it, and skip messages.
  const durable = `${wanted.name}-${randomBytes(4).toString('hex')}`
  const make = () =>
    bus.jsm.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      filter_subject: wanted.filterSubject,
      ...(wanted.workQueue ? { deliver_policy: DeliverPolicy.All } : startBehind(former)),
    })
  const removeFormer = async () => {
    for (const { name } of former) await remove(bus, log, stream, name)
  }
  // The position must never be without a consumer that knows it; in a work queue two may not overlap.
  const again = () => requeue(bus, log, stream, wanted.filterSubject)
  for (const step of wanted.workQueue ? [removeFormer, again, make] : [make, removeFormer]) await step()
  return durable
}

/** The lowest position of all: messages that come twice are known, messages that never come are lost. */
function startBehind(former: readonly ConsumerInfo[]) {
  if (former.length === 0) return { deliver_policy: DeliverPolicy.All }
  const floor = Math.min(...former.map((info) => info.ack_floor.stream_seq))
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: floor + 1 }
}

async function formerConsumers(bus: Bus, stream: string, name: string): Promise<readonly ConsumerInfo[]> {
  const found: ConsumerInfo[] = []
  for await (const info of bus.jsm.consumers.list(stream))
    if (info.name.startsWith(`${name}-`) && /^[0-9a-f]{8}$/.test(info.name.slice(name.length + 1)))
      found.push(info)
  return found
}

/** A server may complain of files that it could not remove; what counts is whether the consumer is gone. */
async function remove(bus: Bus, log: Log, stream: string, name: string): Promise<void> {
  try {
    await bus.jsm.consumers.delete(stream, name)
  } catch (error) {
    for await (const info of bus.jsm.consumers.list(stream)) if (info.name === name) throw error
    log.debug(
      { stream, consumer: name, reason: messageOf(error) },
      'a consumer is gone, not without complaint',
    )
  }
}
