import { type Bus, HttpError, type Log } from '@tocsin/runtime'
import express, { type Request, type RequestHandler } from 'express'
import type { z } from 'zod'
import { keepDeadLetter } from './keep-dead-letter.ts'

/** Reads the body as it came, whatever it says it is. */
export function rawBody(mostBytes: number): RequestHandler {
  return express.raw({ type: () => true, limit: mostBytes })
}

export interface BodyDeps {
  readonly bus: Bus
  readonly log: Log
  readonly now: () => number
  readonly onRefused: (reason: string) => void
}

/**
 * The body as the schema has it.
 * @throws {HttpError} 400 `invalid_json` or `invalid_schema`, after the body was kept as a dead letter.
 */
export async function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  request: Request,
  deps: BodyDeps,
): Promise<z.infer<Schema>> {
  const refuse = (reason: string, detail: string) =>
    refuseBody(request, deps, { status: 400, reason, detail })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(request)))
  } catch (error) {
    return refuse('invalid_json', `the body is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  return refuse('invalid_schema', faults.join('; ').slice(0, 1000))
}

/** Keeps the body as a dead letter, then refuses it. @throws {HttpError} always */
export async function refuseBody(
  request: Request,
  deps: BodyDeps,
  { status, reason, detail }: { readonly status: number; readonly reason: string; readonly detail: string },
): Promise<never> {
  deps.onRefused(reason)
  deps.log.warn({ path: request.path, reason, detail }, 'refused a request')
  const time = new Date(deps.now()).toISOString()
  await keepDeadLetter(deps, { path: request.path, reason, detail, body: bytesOf(request), time })
  throw new HttpError(status, reason, detail)
}

function bytesOf({ body }: Request): Uint8Array {
  return Buffer.isBuffer(body) ? body : new Uint8Array()
}
