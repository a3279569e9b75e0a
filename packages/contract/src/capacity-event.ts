import { z } from 'zod'
import { envelope, timestamp } from './envelope.ts'

export const riskLevel = z.enum(['unknown', 'low', 'medium', 'high', 'critical'])
export type RiskLevel = z.infer<typeof riskLevel>

const forecastPoint = z.object({
  time: timestamp,
  value: z.number(),
  lower80: z.number(),
  upper80: z.number(),
  lower95: z.number(),
  upper95: z.number(),
})

const crossing = z.object({
  percent: z.number().describe('of the limit'),
  earliest: timestamp.nullable(),
  expected: timestamp.nullable(),
  latest: timestamp.nullable(),
})

/** How one resource will grow: what `getCapacityForecast(resource, days)` answers. */
export const capacityForecast = z.object({
  resource: z.string().min(1),
  unit: z.string(),
  days: z.number().positive(),
  usage: z.number().nullable(),
  limit: z.number().nullable(),
  utilization: z.number().nullable().describe('usage / limit, as a ratio'),
  growthPerDay: z
    .object({ value: z.number(), lower95: z.number(), upper95: z.number() })
    .nullable()
    .describe('in units a day; null where the history is too short to say'),
  history: z.object({ from: timestamp.nullable(), to: timestamp.nullable(), points: z.int().nonnegative() }),
  horizonDays: z.number().nonnegative().describe('how far the history can carry a forecast'),
  model: z.string(),
  backtest: z
    .object({
      points: z.int().positive().describe('held back and forecast'),
      scaledError: z
        .number()
        .nullable()
        .describe("mean absolute error over that of 'it stays as it is'; null where nothing moved"),
      coverage95: z.number().describe('share of the held-back points inside the 95 % interval'),
    })
    .nullable(),
  points: z.array(forecastPoint),
  crossings: z.array(crossing),
  risk: riskLevel,
  recommendations: z.array(z.string()),
  actions: z.object({
    immediate: z.array(z.string()),
    shortTerm: z.array(z.string()),
    mediumTerm: z.array(z.string()),
    longTerm: z.array(z.string()),
  }),
  notes: z.array(z.string()).describe('what limits this forecast'),
})
export type CapacityForecast = z.infer<typeof capacityForecast>

/** On `<prefix>.capacity.forecast.<resource>`. */
export const capacityForecastEvent = z.object({ ...envelope, forecast: capacityForecast })
export type CapacityForecastEvent = z.infer<typeof capacityForecastEvent>

/** A change of a resource's risk, on `<prefix>.capacity.risk.<resource>`. */
export const capacityRiskEvent = z.object({
  ...envelope,
  resource: z.string().min(1),
  risk: riskLevel,
  previous: riskLevel,
  reason: z.string(),
})
export type CapacityRiskEvent = z.infer<typeof capacityRiskEvent>

/** The risk of the whole system: that of the resource at most risk. */
export const capacityRisk = z.object({
  risk: riskLevel,
  resources: z.array(z.object({ resource: z.string(), risk: riskLevel, reason: z.string() })),
})
export type CapacityRisk = z.infer<typeof capacityRisk>
