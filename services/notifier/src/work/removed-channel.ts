import { textOfToken } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import type { Channel } from '../delivery/channel.ts'

/** The names of channels that still have messages in the outbox, but are no longer configured. */
export async function removedChannels(bus: Bus, configured: readonly string[]): Promise<readonly string[]> {
  const info = await bus.jsm.streams.info(bus.streamName('OUTBOX'), {
    subjects_filter: bus.subjects.allOutbox,
  })
  return Object.keys(info.state.subjects ?? {})
    .map((subject) => textOfToken(subject.slice(subject.lastIndexOf('.') + 1)))
    .filter((name) => !configured.includes(name))
}

/** What empties the queue of such a channel: each message becomes a dead letter. */
export function removedChannel(name: string): Channel {
  const detail = `the channel ${name} is no longer configured: configure it again and replay this`
  const channel: Channel = {
    name,
    concurrency: 1,
    secrets: [],
    send: () => Promise.resolve({ result: 'refused', reason: 'channel_removed', detail }),
    close() {},
  }
  removed.add(channel)
  return channel
}

const removed = new WeakSet<Channel>()

export function isRemovedChannel(channel: Channel): boolean {
  return removed.has(channel)
}
