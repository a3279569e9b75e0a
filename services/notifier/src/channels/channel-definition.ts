import type { Clock } from '@tocsin/runtime'
import type { z } from 'zod'
import type { Channel } from '../delivery/channel.ts'

/** A channel as the registry lists it: the variables it reads, and what they make of it. */
export interface ChannelDefinition<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string
  readonly env: Shape
  /** The channel, or undefined where the environment does not configure it. */
  configure(env: z.infer<z.ZodObject<Shape>>, deps: { readonly clock: Clock }): Channel | undefined
}
