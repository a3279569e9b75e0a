import { parseDuration } from '@tocsin/promql'
import { HttpError } from '@tocsin/runtime'
import { z } from 'zod'

/** How many lines an answer has at most. */
export const limit = z.coerce.number().int().min(1).max(1000).default(100)

const EXPECTED = 'a time such as 2026-01-31T09:30:00Z, Unix seconds, or how long ago, such as 10m'

/** A moment in a query, in milliseconds since the epoch. */
export const moment = (nowMs: () => number) =>
  z.string().transform((text, ctx): number => {
    const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : (agoMs(text, nowMs()) ?? Date.parse(text))
    if (!Number.isNaN(ms)) return ms
    ctx.issues.push({ code: 'custom', message: `expected ${EXPECTED}`, input: text })
    return z.NEVER
  })

function agoMs(text: string, nowMs: number): number | undefined {
  const ms = parseDuration(text)
  return ms === undefined ? undefined : nowMs - ms
}

/** What was asked, by its schema. @throws {HttpError} 400 `invalid_query` */
export function queryOf<Schema extends z.ZodType>(schema: Schema, query: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'query'}: ${message}`)
  throw new HttpError(400, 'invalid_query', faults.join('; '))
}
