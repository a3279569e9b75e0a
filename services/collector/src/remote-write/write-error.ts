import { CodedError } from '@tocsin/runtime'

/** Why a request as a whole is not taken; low in number, so that it can be a metric label. */
export type WriteErrorCode =
  | 'invalid_source'
  | 'malformed'
  | 'too_large'
  | 'unsupported'
  | 'busy'
  | 'unavailable'
  | 'aborted'

/** The senders try again after 5xx, and drop what got a 4xx. */
const STATUS: Readonly<Record<WriteErrorCode, number>> = {
  invalid_source: 400,
  malformed: 400,
  aborted: 400,
  too_large: 413,
  unsupported: 415,
  busy: 503,
  unavailable: 503,
}

/** A request that gets an error for an answer. */
export class WriteError extends CodedError<WriteErrorCode> {
  constructor(code: WriteErrorCode, message: string, cause?: unknown) {
    super(code, message, { retryable: STATUS[code] >= 500, cause })
  }

  get status(): number {
    return STATUS[this.code]
  }
}
