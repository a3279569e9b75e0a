import { baseEnv, envVar } from '@tocsin/runtime'
import { z } from 'zod'

/** What the capacity service reads from its environment. */
export const capacityEnv = z.object({
  ...baseEnv,
  CAPACITY_PLANNING_ENABLED: envVar.boolean.default(true),
  CAPACITY_PORT: envVar.port.default(3005),
  /** How far forecasts reach when nobody says. */
  CAPACITY_FORECAST_DAYS: envVar.integer(1, 365).default(30),
  /** How often every resource is looked at, for its risk and the metrics. */
  CAPACITY_EVALUATION_INTERVAL: envVar.period.default(60_000),
  /** The query backend; unset: the collector on this machine. */
  PROMETHEUS_URL: envVar.url().optional(),
  PROMETHEUS_PORT: envVar.port.default(9090),
})
export type CapacityEnv = z.infer<typeof capacityEnv>
