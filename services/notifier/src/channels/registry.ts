import type { z } from 'zod'
import type { Channel } from '../delivery/channel.ts'
import type { ChannelDefinition } from './channel-definition.ts'
import { email } from './email.ts'
import { slack } from './slack.ts'
import { webhook } from './webhook.ts'

/** Every channel there is. A new one is its adapter, and a line in each of these two. */
const definitions = [email, slack, webhook] as const
export const channelEnv = { ...email.env, ...slack.env, ...webhook.env }

export type ChannelSettings = z.infer<z.ZodObject<typeof channelEnv>>

/** The channels that the environment configures. @throws {EnvError} for one that is wanted but lacks a setting. */
export function configureChannels(
  settings: ChannelSettings,
  deps: Parameters<ChannelDefinition['configure']>[1],
): readonly Channel[] {
  return definitions.flatMap((definition) => definition.configure(settings, deps) ?? [])
}
