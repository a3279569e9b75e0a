export type ServerErrorCode =
  | 'missing'
  | 'install-failed'
  | 'port-taken'
  | 'exited-early'
  | 'not-ready'
  | 'already-stopped'

/** What went wrong with a server; the message says what to do about it. `retryable`: another attempt may succeed. */
export class ServerError extends Error {
  readonly code: ServerErrorCode
  readonly retryable: boolean

  constructor(code: ServerErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'ServerError'
    this.code = code
    this.retryable = code === 'port-taken' || code === 'not-ready'
  }
}
