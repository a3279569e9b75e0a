import { ZERO_TIME } from '@tocsin/contract'
import { z } from 'zod'

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:[Zz]|[+-]\d\d:?\d\d)$/
const ZERO_MS = Date.parse(ZERO_TIME)

/** A point in time as clients of Alertmanager write it, in milliseconds; Go's zero time is undefined. */
export const v2Time = z.string().transform((text, ctx): number | undefined => {
  const ms = RFC_3339.test(text)
    ? Date.parse(text.toUpperCase().replace(' ', 'T').replace(',', '.'))
    : Number.NaN
  if (!Number.isNaN(ms)) return ms === ZERO_MS ? undefined : ms
  ctx.issues.push({
    code: 'custom',
    message: `parsing time ${JSON.stringify(text)}: write it as 2026-03-01T12:00:00Z`,
    input: text,
  })
  return z.NEVER
})
