import { CodedError } from '@tocsin/runtime'

export type SilenceErrorCode = 'invalid_silence' | 'not_found' | 'conflict' | 'too_large'

/** What was asked of a silence or an acknowledgement cannot be done; the message says what to do. */
export class SilenceError extends CodedError {
  declare readonly code: SilenceErrorCode

  constructor(code: SilenceErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, { ...options, retryable: code === 'conflict' })
  }
}
