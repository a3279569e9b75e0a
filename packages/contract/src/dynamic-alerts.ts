import { z } from 'zod'
import { promDuration } from './alert-rule.ts'
import { severity } from './severity.ts'

const ratio = z.number().gt(0).lt(1)

const thresholds = {
  enabled: z.boolean().optional(),
  errorRate: ratio.optional().describe('which part of the calls may fail'),
  latency: promDuration
    .refine((text) => !/^0+\D*$/.test(text), 'a duration above 0')
    .optional()
    .describe('how long calls may take, at the quantile'),
  quantile: ratio.optional().describe('of the latency: 0.95 asks how long 95 of 100 calls take at most'),
  minCalls: z.int().min(1).max(1_000_000).optional().describe('fewer calls within the window say nothing'),
  minFailures: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('fewer failures within the window say nothing'),
  errorSeverity: severity.optional(),
  latencySeverity: severity.optional(),
  baseline: z.boolean().optional().describe('whether thresholds are learnt'),
}

/** What a user says of the dynamic alerts of one service; what is left out is as the environment has it. */
export const dynamicAlertSettings = z.strictObject({
  ...thresholds,
  spans: z.boolean().optional().describe('whether spans with `alert.severity` raise alerts'),
  operations: z
    .record(z.string().min(1).max(256), z.strictObject(thresholds))
    .refine((operations) => Object.keys(operations).length <= 500, 'at most 500 operations')
    .optional()
    .describe('by the name of their spans; a threshold that is said here is taken as it is'),
})
export type DynamicAlertSettings = z.infer<typeof dynamicAlertSettings>
