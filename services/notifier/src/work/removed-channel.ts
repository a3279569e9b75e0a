import { textOfToken } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import type { Channel } from '../delivery/channel.ts'

/** Channels that still have messages in the outbox, but are no longer configured: these become dead letters. */
export async function removedChannels(bus: Bus, configured: readonly string[]): Promise<readonly Channel[]> {
  const info = await bus.jsm.streams.info(bus.streamName('OUTBOX'), {
    subjects_filter: bus.subjects.allOutbox,
  })
  return Object.keys(info.state.subjects ?? {})
    .map((subject) => textOfToken(subject.slice(subject.lastIndexOf('.') + 1)))
    .filter((name) => !configured.includes(name))
    .map(removedChannel)
}

function removedChannel(name: string): Channel {
  const detail = `the channel ${name} is no longer configured: set its variables again and replay this`
  return {
    name,
    concurrency: 1,
    secrets: [],
    send: () => Promise.resolve({ result: 'refused', reason: 'channel_removed', detail }),
    close() {},
  }
}
