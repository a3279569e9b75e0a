import { baseEnv, envVar } from '@tocsin/runtime'
import { z } from 'zod'

/** The host agent's environment; the README has it as a table. */
export const hostAgentEnv = z.object({
  ...baseEnv,
  HOST_AGENT_PORT: envVar.port.default(3006),
  HOST_AGENT_INTERVAL: envVar.duration
    .refine((ms) => ms >= 100, { error: 'a duration of at least 100ms' })
    .default(5000),
})

export type HostAgentEnv = z.infer<typeof hostAgentEnv>
