import { z } from 'zod'
import { publishedLabels } from './metric-event.ts'
import { severity } from './severity.ts'

/** A duration as Prometheus writes it: `5m`, `1h30m`, `500ms`; `0` for none. */
export const promDuration = z
  .string()
  .regex(
    /^(?:0|(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/,
    "a duration such as '5m', '1h30m' or '0'",
  )

/** A custom alert rule: the argument of `alertManager.addCustomRule()`. */
export const customRule = z.strictObject({
  name: z.string().min(1).max(200),
  expression: z.string().min(1).max(10_000).describe('PromQL; every series it returns is an alert'),
  for: promDuration.optional(),
  keepFiringFor: promDuration.optional(),
  severity,
  labels: publishedLabels.optional(),
  annotations: z.record(z.string(), z.string().max(10_000)).optional(),
  noData: z
    .string()
    .max(50)
    .optional()
    .describe(
      'when its series go away: `ok` ends it, `keep` holds it, `alert` raises it; `keep 2h` for so long',
    ),
  resolve: z
    .string()
    .min(1)
    .max(10_000)
    .optional()
    .describe('PromQL; once firing, an alert stays so until this has a result with its labels'),
  flap: z
    .string()
    .max(50)
    .optional()
    .describe('`6 in 10m`: from so many changes on, it is held firing and told as flapping'),
})
export type CustomRule = z.infer<typeof customRule>
