import { baseEnv, envVar } from '@tocsin/runtime'
import { z } from 'zod'

/** What the health service reads from its environment. */
export const healthEnv = z.object({
  ...baseEnv,
  HEALTH_CHECKS_ENABLED: envVar.boolean.default(true),
  HEALTH_CHECK_PORT: envVar.port.default(3001),
  HEALTH_CHECK_PATH: z
    .string()
    .regex(/^\/[\w/-]*[\w-]$/, 'a path such as /health')
    .default('/health'),
  /** How often each check runs. */
  HEALTH_CHECK_INTERVAL: envVar.period.default(60_000),
  /** A check that takes longer is cut off, and unhealthy. */
  HEALTH_CHECK_TIMEOUT: envVar.period.default(10_000),
  /** Failures in a row before a check is unhealthy. */
  HEALTH_FAILURE_THRESHOLD: envVar.integer(1, 100).default(3),
  /** Successes in a row before it is healthy again. */
  HEALTH_SUCCESS_THRESHOLD: envVar.integer(1, 100).default(2),
  /** Folders whose file systems are watched. */
  HEALTH_DISK_PATHS: envVar.list.default(['/']),
  /** Where the services of this system answer; a service without a URL here is looked for on localhost. */
  COLLECTOR_URL: envVar.url().optional(),
  NOTIFIER_URL: envVar.url().optional(),
  ALERT_EVALUATOR_URL: envVar.url().optional(),
  SLA_URL: envVar.url().optional(),
  CAPACITY_URL: envVar.url().optional(),
  PROMETHEUS_PORT: envVar.port.default(9090),
  NOTIFIER_PORT: envVar.port.default(3002),
  ALERT_EVALUATOR_PORT: envVar.port.default(3003),
  SLA_PORT: envVar.port.default(3004),
  CAPACITY_PORT: envVar.port.default(3005),
})
export type HealthEnv = z.infer<typeof healthEnv>
