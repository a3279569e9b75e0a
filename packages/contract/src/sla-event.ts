import { z } from 'zod'
import { envelope, timestamp } from './envelope.ts'

export const slaPeriod = z.enum(['hour', 'day', 'week', 'month', 'quarter'])
export type SlaPeriod = z.infer<typeof slaPeriod>

/** How one objective stands. Ratios are 0 to 1; `null` where there is nothing to measure. */
export const sloStatus = z.object({
  name: z.string().min(1),
  description: z.string().optional(),
  target: z.number().gt(0).lt(1).describe('ratio'),
  state: z.enum(['met', 'breached', 'no_traffic', 'no_data', 'misconfigured']),
  detail: z.string().optional(),
  good: z.number().nonnegative().nullable(),
  total: z.number().nonnegative().nullable(),
  compliance: z.number().nullable().describe('good / total'),
  errorBudgetRemaining: z.number().nullable().describe('ratio of the budget; below zero when overspent'),
})
export type SloStatus = z.infer<typeof sloStatus>

/** What `getSLAReport(period)` answers. Percentages are 0 to 100; `null` where nothing could be measured. */
export const slaReport = z.object({
  period: slaPeriod,
  from: timestamp,
  to: timestamp,
  dataFrom: timestamp.nullable().describe('the first sample seen: before it, the period is not covered'),
  overallCompliance: z.number().nullable().describe('percent of objectives that are met, of those measured'),
  errorBudget: z.object({
    total: z.number().nullable().describe('percent of events that may fail, over all objectives'),
    consumed: z.number().nullable().describe('percent of the budget'),
    remaining: z.number().nullable().describe('percent of the budget; below zero when overspent'),
  }),
  slos: z.array(sloStatus),
})
export type SlaReport = z.infer<typeof slaReport>

/** A report of one objective, on `<prefix>.sla.report.<slo>`. */
export const slaReportEvent = z.object({
  ...envelope,
  period: slaPeriod,
  from: timestamp,
  to: timestamp,
  slo: sloStatus,
})
export type SlaReportEvent = z.infer<typeof slaReportEvent>

/** An objective that was met and is so no longer, on `<prefix>.sla.violation.<slo>`. */
export const slaViolationEvent = z.object({
  ...envelope,
  period: slaPeriod,
  slo: sloStatus,
  message: z.string(),
})
export type SlaViolationEvent = z.infer<typeof slaViolationEvent>
