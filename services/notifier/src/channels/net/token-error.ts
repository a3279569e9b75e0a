import { CodedError } from '@tocsin/runtime'

/** No token could be had, so that a call could not be made: worth another try, since credentials can be mended. */
export class TokenError extends CodedError<'oauth2_token'> {
  /** When the token's server wants to be asked again, in ms from now. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, { cause, retryAfterMs }: { cause?: unknown; retryAfterMs?: number } = {}) {
    super('oauth2_token', message, { retryable: true, cause })
    this.retryAfterMs = retryAfterMs
  }
}
