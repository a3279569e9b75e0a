import { CodedError } from '@tocsin/runtime'

/** The kinds of error that Prometheus' API names, as `errorType`. */
export type ApiErrorType =
  | 'bad_data'
  | 'execution'
  | 'timeout'
  | 'canceled'
  | 'unavailable'
  | 'not_found'
  | 'internal'

const STATUS: Readonly<Record<ApiErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  canceled: 499,
  unavailable: 503,
  not_found: 404,
  internal: 500,
}

/** A request that gets an error for an answer, in Prometheus' words where it has them. */
export class ApiError extends CodedError<ApiErrorType> {
  /** The HTTP status that Prometheus gives this kind of error. */
  get status(): number {
    return STATUS[this.code]
  }
}

export function badData(message: string, cause?: unknown): ApiError {
  return new ApiError('bad_data', message, { cause })
}

export function badParameter(name: string, reason: string, cause?: unknown): ApiError {
  return badData(`invalid parameter "${name}": ${reason}`, cause)
}
