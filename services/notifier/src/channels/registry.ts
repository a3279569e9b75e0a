import { CodedError, envVar } from '@tocsin/runtime'
import type { z } from 'zod'
import type { Channel } from '../delivery/channel.ts'
import type { Integration } from '../policy/policy.ts'
import type { ChannelDeps, ChannelKindDefinition } from './channel-kind.ts'
import { discord } from './discord.ts'
import { email } from './email.ts'
import { emailOfEnv } from './email-env.ts'
import { msteams } from './msteams.ts'
import { msteamsv2 } from './msteamsv2.ts'
import { ntfy } from './ntfy.ts'
import { opsgenie } from './opsgenie.ts'
import { pagerduty } from './pagerduty.ts'
import { slack } from './slack.ts'
import { slackOfEnv } from './slack-env.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'
import { webhookOfEnv } from './webhook-env.ts'

/** Every kind of channel there is. A new one is its adapter, and a line here. */
export const channelKinds: readonly ChannelKindDefinition[] = [
  email,
  slack,
  webhook,
  pagerduty,
  opsgenie,
  msteams,
  msteamsv2,
  discord,
  telegram,
  ntfy,
]

/** The variables that configure channels of their own, one of each kind. */
export const channelEnv = {
  ...emailOfEnv.env,
  ...slackOfEnv.env,
  ...webhookOfEnv.env,
  /** Whether channels may connect to private addresses. */
  WEBHOOK_ALLOW_PRIVATE: envVar.boolean.default(true),
}
type ChannelEnv = z.infer<z.ZodObject<typeof channelEnv>>

/** The integrations that the environment asks for. @throws {EnvError} for one that is wanted but lacks a setting. */
export function integrationsOfEnv(env: ChannelEnv): readonly Integration[] {
  const read = [
    { type: 'email', settings: emailOfEnv.read(env) },
    { type: 'slack', settings: slackOfEnv.read(env) },
    { type: 'webhook', settings: webhookOfEnv.read(env) },
  ] as const
  return read
    .filter(({ settings }) => settings !== undefined)
    .map(({ type, settings }) => ({ channel: type, type, sendResolved: true, settings }))
}

/** Makes the channel of an integration. @throws {CodedError} for settings that contradict where we may connect to */
export function createChannel(integration: Integration, deps: Omit<ChannelDeps, 'name'>): Channel {
  const definition = channelKinds.find(({ kind }) => kind === integration.type)
  if (!definition)
    throw new CodedError('unknown_channel', `there is no channel of the kind ${integration.type}`)
  return definition.create(integration.settings, { ...deps, name: integration.channel })
}
