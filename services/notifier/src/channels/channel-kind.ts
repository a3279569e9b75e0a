import type { Clock } from '@tocsin/runtime'
import type { z } from 'zod'
import type { Channel } from '../delivery/channel.ts'
import type { ChannelKind } from '../policy/policy.ts'
import type { Templates } from '../render/say.ts'
import type { Net } from './net/net.ts'

/** What a channel is made with, beside its settings. */
export interface ChannelDeps {
  /** The queue's name, by which the channel is known in metrics and the delivery log. */
  readonly name: string
  readonly clock: Clock
  readonly net: Net
  /** Without any, only what is no template can be sent. */
  readonly templates?: Templates | undefined
}

/** A field of `global:`, and the field of an item that falls back to it. */
export interface GlobalField {
  readonly field: string
  readonly schema: z.ZodType
}

/** One kind of channel: what a configuration says of it, and what is made of that. */
export interface ChannelKindDefinition<Settings = unknown> {
  readonly kind: ChannelKind
  /** Where its items stand in a receiver, such as `email_configs`. */
  readonly configKey: string
  /** One item, in Alertmanager's field names, without `send_resolved`; strict. */
  readonly settings: z.ZodType<Settings>
  /** By the name in `global:`. */
  readonly globals: Readonly<Record<string, GlobalField>>
  /** Whether ends are told where `send_resolved` is not given. */
  readonly sendResolved: boolean
  /** Fields that must not be shown; those of `http_config` and `tls_config` are known. */
  readonly secretFields: readonly string[]
  /** @throws {CodedError} for settings that contradict where this process may connect to */
  create(settings: Settings, deps: ChannelDeps): Channel
}

/** A kind that environment variables configure as well. */
export interface EnvironmentChannel<Shape extends z.ZodRawShape, Settings> {
  readonly definition: ChannelKindDefinition<Settings>
  readonly env: Shape
  /** The settings that the variables stand for; undefined where they ask for no such channel. */
  read(env: z.infer<z.ZodObject<Shape>>): Settings | undefined
}
