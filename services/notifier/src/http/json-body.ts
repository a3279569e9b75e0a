import { HttpError } from '@tocsin/runtime'
import type { z } from 'zod'

/** The body of a question, by its schema; nothing at all is an empty object. @throws {HttpError} 400 */
export function jsonBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const text = Buffer.isBuffer(body) ? body.toString() : ''
  let json: unknown
  try {
    json = text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    throw new HttpError(400, 'invalid_json', 'the body is not JSON')
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  throw new HttpError(400, 'invalid_schema', faults.slice(0, 5).join('; '))
}
