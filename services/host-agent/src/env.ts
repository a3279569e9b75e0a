import { baseEnv, envVar } from '@tocsin/runtime'
import { z } from 'zod'

/** A regular expression of names to leave out; anchor it with ^ and $ to mean the whole name. */
const names = z
  .string()
  .transform((text, ctx) => {
    try {
      return new RegExp(text)
    } catch (error) {
      ctx.issues.push({ code: 'custom', message: `a regular expression (${String(error)})`, input: text })
      return z.NEVER
    }
  })
  .optional()

/** The host agent's environment; the README has it as a table. */
export const hostAgentEnv = z.object({
  ...baseEnv,
  HOST_AGENT_PORT: envVar.port.default(3006),
  HOST_AGENT_INTERVAL: envVar.duration
    .refine((ms) => ms >= 100, { error: 'a duration of at least 100ms' })
    .default(5000),
  HOST_AGENT_MOUNTPOINTS_EXCLUDE: names,
  HOST_AGENT_FSTYPES_EXCLUDE: names,
  HOST_AGENT_DISKS_EXCLUDE: names,
  HOST_AGENT_NETWORKS_EXCLUDE: names,
})

export type HostAgentEnv = z.infer<typeof hostAgentEnv>
