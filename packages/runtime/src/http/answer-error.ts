import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { type BusErrorCode, toBusError } from '../bus/bus-error.ts'
import { codeOf, messageOf } from '../coded-error.ts'
import type { Log } from '../log/create-log.ts'
import { HttpError } from './http-error.ts'

/** While NATS is away, and as little as these tell of what is inside. */
const AWAY: readonly BusErrorCode[] = ['closed', 'unavailable', 'timeout']
const RETRY_AFTER_SECONDS = '5'

/** What the body parser calls its faults, in our words. */
const bodyFaults: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'invalid_json',
  'entity.too.large': 'too_large',
  'encoding.unsupported': 'unsupported_encoding',
  'charset.unsupported': 'unsupported_charset',
}

/**
 * What is not there yet, since the service waits for NATS or reads what was stored, may be there in a moment. Senders such as
 * Prometheus and Alertmanager try again after a 503, and give up for good what was answered with 404.
 */
export function answerStarting(isStarting: () => boolean): RequestHandler {
  return (_request, response, next) => {
    if (!isStarting()) return next()
    response
      .status(503)
      .set('Retry-After', '1')
      .json({ error: { code: 'starting', message: 'the service is starting: send it again in a moment' } })
  }
}

export const answerNotFound: RequestHandler = (request, response) => {
  response
    .status(404)
    .json({ error: { code: 'not_found', message: `nothing at ${request.method} ${request.path}` } })
}

/** Answers every error as `{ error: { code, message } }`; what went wrong inside is logged, not told. */
export function answerError(log: Log): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown)
    const away = whileAway(thrown, request)
    if (away) response.set('Retry-After', RETRY_AFTER_SECONDS)
    const error = away ?? thrown
    const status = statusOf(error)
    if (status >= 500)
      log.error({ err: error, method: request.method, path: request.path }, 'a request failed')
    const told = status < 500 || (status !== 500 && codeOf(error) !== undefined)
    const code = status === 500 ? 'internal' : (bodyFaults[typeOf(error)] ?? codeOf(error) ?? 'bad_request')
    response
      .status(status)
      .json({ error: { code, message: told ? messageOf(error) : 'internal error; see the log' } })
  }
}

/** What NATS could not be asked now may be asked again: 503. Undefined for any other error. */
function whileAway(error: unknown, { method, path }: Request): HttpError | undefined {
  if (statusOf(error) !== 500) return undefined
  const { code, message } = toBusError(error, `${method} ${path}`)
  return AWAY.includes(code) ? new HttpError(503, code, message, { cause: error }) : undefined
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500
}

function typeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : ''
}
