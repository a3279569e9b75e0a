export type CliErrorCode =
  | 'already-running'
  | 'not-running'
  | 'ports-taken'
  | 'start-failed'
  | 'gave-up'
  | 'bad-environment'
  | 'not-stopped'
  | 'bad-usage'
  | 'no-answer'
  | 'query-failed'

/** An error whose message is for the user as it stands: one clear line, perhaps with details below it. */
export class CliError extends Error {
  readonly code: CliErrorCode
  readonly retryable = false

  constructor(code: CliErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'CliError'
    this.code = code
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
