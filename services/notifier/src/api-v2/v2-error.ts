import { codeOf, isRetryable, type Log, messageOf } from '@tocsin/runtime'
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'

/** What Alertmanager's framework says of requests that do not keep to the API's description. */
export interface Fault {
  readonly code: number
  readonly message: string
}

/** An answer other than 200 in Alertmanager's form: a text, or what its framework says. */
export class V2Error extends Error {
  readonly code = 'v2_refused'
  readonly retryable: boolean
  readonly status: number
  readonly body: string | Fault | undefined

  constructor(status: number, body?: string | Fault, options: { cause?: unknown } = {}) {
    super(typeof body === 'string' ? body : (body?.message ?? `status ${status}`), options)
    this.name = 'V2Error'
    this.status = status
    this.body = body
    this.retryable = status >= 500
  }
}

/** For what is at a path, but not by this method. */
export function refuseMethod(...allowed: readonly string[]): RequestHandler {
  return ({ method }, response) => {
    const message = `method ${method} is not allowed, but [${allowed.join(',')}] are`
    response.set('Allow', allowed.join(', ')).status(405).json({ code: 405, message })
  }
}

export const answerV2NotFound: RequestHandler = (request, response) => {
  response.status(404).json({ code: 404, message: `path ${request.originalUrl.split('?')[0]} was not found` })
}

/** Answers errors below /api/v2 as Alertmanager does: clients read a JSON string. */
export function answerV2Error(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const { status, body } = toV2Error(error)
    if (status >= 500)
      log.error({ err: error, method: request.method, path: request.path }, 'a request failed')
    response.status(status)
    if (body === undefined) response.end()
    else response.json(body)
  }
}

function toV2Error(error: unknown): Pick<V2Error, 'status' | 'body'> {
  if (error instanceof V2Error) return error
  const status = statusOf(error)
  if (status < 500) return { status, body: { code: status, message: messageOf(error) } }
  if (status === 503 || isRetryable(error)) return { status: 503, body: messageOf(error) }
  return { status: 500, body: codeOf(error) === undefined ? 'internal error; see the log' : messageOf(error) }
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500
}

/** The path parameter as a UUID. @throws {V2Error} 422 */
export function uuidOf(request: Request, name: string): string {
  const given = String(request.params[name])
  if (/^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(given)) return given
  throw new V2Error(422, {
    code: 601,
    message: `${name} in path must be of type uuid: ${JSON.stringify(given)}`,
  })
}
