import type { Channel } from '../delivery/channel.ts'
import { paceOf } from '../delivery/plan.ts'
import type { Integration, Policy } from '../policy/policy.ts'

/** The channels of the policy that holds. */
export interface ChannelSet {
  all(): readonly Channel[]
  /**
   * Makes the channels that a policy wants and are not there yet; answers how to go over to them, which answers how to
   * close those that are not wanted any more. @throws when one cannot be made: nothing has changed then
   */
  prepare(policy: Policy, how: HowToMake): () => () => void
  close(): void
}

export interface HowToMake {
  readonly create: (integration: Integration) => Channel
  /** Also those that stay as they are: what else they are made with is not. */
  readonly makeAnew: boolean
}

interface Made {
  readonly channel: Channel
  /** What it was made of, by which one sees whether it is still what is wanted. */
  readonly from: string
}

export function createChannelSet(): ChannelSet {
  let made = new Map<string, Made>()
  return {
    all: () => [...made.values()].map(({ channel }) => channel),
    prepare(policy, { create, makeAnew }) {
      const next = new Map<string, Made>()
      const fresh: Channel[] = []
      try {
        for (const integration of integrationsOf(policy)) {
          const from = JSON.stringify([integration, paceOf(policy, integration.channel, 1)])
          const known = made.get(integration.channel)
          const isKept = known?.from === from && !makeAnew
          const channel = isKept ? known.channel : create(integration)
          if (!isKept) fresh.push(channel)
          next.set(integration.channel, { channel, from })
        }
      } catch (error) {
        for (const channel of fresh) channel.close()
        throw error
      }
      return () => {
        const former = [...made.values()].filter(({ channel }) => next.get(channel.name)?.channel !== channel)
        made = next
        return () => {
          for (const { channel } of former) channel.close()
        }
      }
    },
    close() {
      for (const { channel } of made.values()) channel.close()
    },
  }
}

function integrationsOf({ receivers }: Policy): readonly Integration[] {
  return [...receivers.values()].flatMap(({ integrations }) => integrations)
}
