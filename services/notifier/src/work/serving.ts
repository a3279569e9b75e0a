import type { Consumer } from '@tocsin/runtime'
import type { Channel } from '../delivery/channel.ts'
import type { Deliver } from '../delivery/deliver.ts'
import { isRemovedChannel } from './removed-channel.ts'

/** Which channel empties which queue. */
export interface Serving {
  names(): readonly string[]
  /** What tells a channel, while one empties its queue. */
  deliverOf(name: string): Deliver | undefined
  /** Has these channels empty their queues, and no others; a channel that does so already goes on. */
  serve(wanted: readonly Channel[]): Promise<void>
}

/** What was started for a channel. */
export interface Started {
  readonly consumer: Consumer
  readonly deliver: Deliver
}

interface Served extends Started {
  readonly channel: Channel
}

export function createServing(start: (channel: Channel) => Promise<Started>): Serving {
  const served = new Map<string, Served>()
  let turn: Promise<void> = Promise.resolve()

  /** One channel at a time empties a queue: what the former one has in hand ends first. */
  async function begin(channel: Channel): Promise<void> {
    const former = served.get(channel.name)
    if (
      former &&
      (former.channel === channel || (isRemovedChannel(former.channel) && isRemovedChannel(channel)))
    )
      return
    served.delete(channel.name)
    await former?.consumer.stop()
    served.set(channel.name, { channel, ...(await start(channel)) })
  }

  async function serve(wanted: readonly Channel[]): Promise<void> {
    // All are waited for even when one fails, so that each consumer is known when it must be stopped.
    const failed = (await Promise.allSettled(wanted.map(begin))).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }

  return {
    names: () => [...served.keys()],
    deliverOf: (name) => served.get(name)?.deliver,
    serve(wanted) {
      const run = turn.then(() => serve(wanted))
      turn = run.catch(() => {})
      return run
    },
  }
}
