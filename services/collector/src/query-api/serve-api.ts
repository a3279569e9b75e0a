import { codeOf, type Log, messageOf } from '@tocsin/runtime'
import type { Request, RequestHandler, Response } from 'express'
import { clientSignal, respondPieces } from '../http/respond-pieces.ts'
import { ApiError, type ApiErrorType } from './api-error.ts'

/** A request as the API's verbs see it. */
export interface ApiRequest {
  /** The parameters of body and URL together; where both give one, the body's counts. */
  readonly form: URLSearchParams
  /** The part of the path that names something, decoded. */
  readonly name: string
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** What a verb answers: JSON in pieces, and remarks. */
export interface ApiAnswer {
  readonly data: Iterable<string>
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

export type ApiVerb = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>

/** An answer that is small enough to be written at once. */
export function plainAnswer(data: unknown): ApiAnswer {
  return { data: [JSON.stringify(data)] }
}

/** Makes a verb an HTTP handler that answers, and fails, as Prometheus does. */
export function serveApi(verb: ApiVerb, log: Log): RequestHandler {
  return async (request, response) => {
    const signal = clientSignal(response)
    try {
      const name = request.params['name']
      const answer = await verb({ form: formOf(request), name: typeof name === 'string' ? name : '', signal })
      // Not by express, which adds a charset that Prometheus does not have.
      response.setHeader('Content-Type', 'application/json')
      await respondPieces(request, response, envelope(answer), signal)
    } catch (error) {
      answerError(error, response, log, request.path)
    }
  }
}

function formOf(request: Request): URLSearchParams {
  const body: unknown = request.body
  const form = new URLSearchParams(typeof body === 'string' ? body : '')
  const { searchParams } = new URL(request.originalUrl, 'http://localhost')
  for (const [name, value] of searchParams) form.append(name, value)
  return form
}

function* envelope({ data, warnings = [], infos = [] }: ApiAnswer): Generator<string> {
  yield '{"status":"success","data":'
  yield* data
  if (warnings.length > 0) yield `,"warnings":${JSON.stringify(warnings)}`
  if (infos.length > 0) yield `,"infos":${JSON.stringify(infos)}`
  yield '}'
}

/** The kinds of failure that the engine names, as the API names them. */
const ENGINE_CODES: Readonly<Record<string, ApiErrorType>> = {
  parse_error: 'bad_data',
  execution: 'execution',
  unsupported: 'execution',
  too_many_samples: 'execution',
  timeout: 'timeout',
  canceled: 'canceled',
}

function answerError(error: unknown, response: Response, log: Log, path: string): void {
  const known = toApiError(error)
  if (known.code === 'internal') log.error({ err: error, path }, 'a query failed for a reason of our own')
  if (response.headersSent || response.destroyed) return
  response.statusCode = known.status
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify({ status: 'error', errorType: known.code, error: known.message }))
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const type = ENGINE_CODES[codeOf(error) ?? '']
  if (type) return new ApiError(type, messageOf(error), { cause: error })
  return new ApiError('internal', 'internal error; see the log of the collector', { cause: error })
}
