import { baseEnv, envVar } from '@tocsin/runtime'
import { z } from 'zod'
import { dynamicEnv } from './dynamic/dynamic-env.ts'

/** What the alert evaluator reads from its environment. */
export const evaluatorEnv = z.object({
  ...baseEnv,
  ALERT_EVALUATOR_PORT: envVar.port.default(3003),
  /** A folder of Prometheus rule files (`*.yml`, `*.yaml`), watched. */
  ALERT_RULES_PATH: envVar.path.optional(),
  /** Which shipped packs are loaded; unset: all, `none`: none. */
  ALERT_RULE_PACKS: envVar.list.optional(),
  /** How often a group that names no interval is evaluated, beside its events. */
  EVALUATION_INTERVAL: envVar.period.default(15_000),
  /** Where alerts link to; unset: this service's own API. */
  PROMETHEUS_URL: envVar.url().optional(),
  ...dynamicEnv,
})
export type EvaluatorEnv = z.infer<typeof evaluatorEnv>
