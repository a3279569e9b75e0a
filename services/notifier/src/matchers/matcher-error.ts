import { CodedError } from '@tocsin/runtime'

/** A matcher that cannot be read; the message says where, and how to write it. */
export class MatcherError extends CodedError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('invalid_matcher', message, options)
  }
}
