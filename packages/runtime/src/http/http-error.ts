import { CodedError } from '../coded-error.ts'

/** An answer other than 2xx, thrown from a route: `{ error: { code, message } }` with this status. */
export class HttpError extends CodedError {
  readonly status: number

  constructor(status: number, code: string, message: string, options: { cause?: unknown } = {}) {
    super(code, message, { ...options, retryable: status >= 500 })
    this.status = status
  }
}
