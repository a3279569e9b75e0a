export type MonitoringErrorCode =
  /** `initializeMonitoring()` was not called yet. */
  | 'not_initialized'
  /** What was given is not what the contract allows. */
  | 'invalid_argument'
  /** NATS or the service did not answer in time. Nothing is known to be accepted. */
  | 'unavailable'
  /** The service answered, and refused; `remoteCode` is its reason. */
  | 'refused'
  /** The service answered something that the contract does not know: versions differ. */
  | 'invalid_reply'
  /** Too many calls wait already. */
  | 'overloaded'
  /** `shutdown()` came first, or a newer call took this one's place. */
  | 'closed'

/** What every rejected call of this package rejects with. */
export class MonitoringError extends Error {
  readonly code: MonitoringErrorCode
  readonly retryable: boolean
  /** The code that the service gave, with `refused`. */
  readonly remoteCode: string | undefined

  constructor(
    code: MonitoringErrorCode,
    message: string,
    options: { cause?: unknown; remoteCode?: string } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'MonitoringError'
    this.code = code
    this.retryable = code === 'unavailable' || code === 'overloaded'
    this.remoteCode = options.remoteCode
  }
}

/** An unknown thrown thing in words. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
