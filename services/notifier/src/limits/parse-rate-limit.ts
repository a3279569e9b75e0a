import { parseDuration } from '@tocsin/promql'
import { z } from 'zod'
import type { RateLimit } from '../policy/policy.ts'

/** More would make a limit that holds nobody back, and cost Redis memory. */
const MOST = 10_000
const EXPECTED = `a number up to ${MOST} and a time, such as '100/1h': so many notifications in so much time`

/** `100/1h`, or `100/h`; undefined for what is no rate. */
export function parseRateLimit(text: string): RateLimit | undefined {
  const [, count = '', time = ''] = /^\s*(\d+)\s*\/\s*(\d*[a-z][\da-z]*)\s*$/.exec(text) ?? []
  const limit = Number(count)
  const perMs = parseDuration(/^\d/.test(time) ? time : `1${time}`)
  if (limit < 1 || limit > MOST || perMs === undefined || perMs <= 0) return undefined
  return { limit, perMs }
}

/** A rate as text, for the environment and for configuration files. */
export const rateLimitText = z.string().transform((text, ctx): RateLimit => {
  const limit = parseRateLimit(text)
  if (limit) return limit
  ctx.issues.push({ code: 'custom', message: EXPECTED, input: text })
  return z.NEVER
})
