import { z } from 'zod'
import { envelope, stringMap, timestamp } from './envelope.ts'
import { severity } from './severity.ts'

export const alertState = z.enum(['pending', 'firing', 'resolved'])

/** When each stage of an alert's way was passed; the difference of two is that stage's latency. */
export const stages = z.object({
  event: timestamp.optional().describe('the sample that caused it was stored by NATS'),
  received: timestamp.optional().describe('the evaluator read that sample'),
  evaluated: timestamp.optional().describe('the rule was evaluated'),
  accepted: timestamp.optional().describe('the notifier read the transition'),
  grouped: timestamp.optional().describe('the group was flushed to its channels'),
  replayed: timestamp
    .optional()
    .describe('it was taken out of the dead letters and put into its queue again'),
  sent: timestamp.optional().describe('the attempt that succeeded began'),
  acknowledged: timestamp.optional().describe('the receiver had taken it'),
})
export type Stages = z.infer<typeof stages>

/** One alert transition, on `<prefix>.alerts.<state>.<alertname>`. */
export const alertEvent = z.object({
  ...envelope,
  state: alertState,
  notice: z
    .enum(['flapping', 'calm'])
    .optional()
    .describe(
      'what is told of an alert that goes on firing: it changes too often and is held, or no longer does',
    ),
  alertname: z.string().min(1),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .describe("Alertmanager's hash of the labels"),
  severity,
  labels: stringMap,
  annotations: stringMap,
  value: z.string().describe("the expression's value, as Prometheus writes it"),
  activeAt: timestamp.describe('the condition was first true'),
  firedAt: timestamp.optional().describe('it became firing'),
  resolvedAt: timestamp.optional().describe('it ended'),
  generatorURL: z.string().optional(),
  group: z.string().describe("the rule's group"),
  origin: z
    .enum(['file', 'pack', 'custom', 'dynamic', 'posted'])
    .describe('where the rule comes from; posted: it was posted to /api/v2/alerts as an alert'),
  direct: z
    .object({
      heard: z.enum(['nothing', 'firing']).describe('what Alertmanager had told people of this alert before'),
    })
    .optional()
    .describe('on `alerts.direct` only: Alertmanager does not tell of this transition, the notifier does'),
  stages,
})
export type AlertEvent = z.infer<typeof alertEvent>

/** Transitions of alerts that were posted, on `<prefix>.posted.<alertname>`. */
export const postedTransitions = z.array(alertEvent).min(1)
