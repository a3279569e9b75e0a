import { z } from 'zod'
import { envelope, timestamp } from './envelope.ts'

export const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy'])
export type HealthStatus = z.infer<typeof healthStatus>

/** One result of one check, on `<prefix>.health.<service>.<check>`. */
export const healthEvent = z.object({
  ...envelope,
  service: z.string().min(1),
  check: z.string().min(1),
  type: z.string().describe("what is checked: 'service', 'database', 'memory', 'disk', …"),
  status: healthStatus,
  critical: z.boolean(),
  message: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  lastRun: timestamp,
  durationMs: z.number().nonnegative(),
  intervalMs: z
    .number()
    .positive()
    .describe('how often it runs: a result older than three of these is stale'),
  ended: z.boolean().optional().describe('the check was taken away in order, and is to be forgotten'),
})
export type HealthEvent = z.infer<typeof healthEvent>

/** What `/health` answers. */
export const healthReport = z.object({
  status: healthStatus,
  time: timestamp,
  checks: z.array(healthEvent),
})
export type HealthReport = z.infer<typeof healthReport>
