import { baseEnv, envVar } from '@tocsin/runtime'
import { z } from 'zod'

/** What the sla service reads from its environment. */
export const slaEnv = z.object({
  ...baseEnv,
  SLA_MONITORING_ENABLED: envVar.boolean.default(true),
  SLA_PORT: envVar.port.default(3004),
  /** How often reports are published. */
  SLA_REPORTING_INTERVAL: envVar.period.default(3_600_000),
  /** How often objectives are looked at, for breaches and for the metrics. */
  SLA_EVALUATION_INTERVAL: envVar.period.default(30_000),
  /** The query backend; unset: the collector on this machine. */
  PROMETHEUS_URL: envVar.url().optional(),
  PROMETHEUS_PORT: envVar.port.default(9090),
})
export type SlaEnv = z.infer<typeof slaEnv>
