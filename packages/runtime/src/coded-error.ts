/**
 * An error that says what kind it is (`code`), whether trying again may help (`retryable`), and what to do (message).
 * Switch on `code`; across packages never on `instanceof`.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code
  readonly retryable: boolean

  constructor(code: Code, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The `code` of anything thrown, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Whether anything thrown says of itself that trying again may help. */
export function isRetryable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true
}

/** Whether anything thrown is one of our own errors, whose message says what to do: they all say whether to try again. */
export function isDeclared(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error
}
