export type EvaluationErrorCode = 'same_labels' | 'limit' | 'series_refused'

/** A rule that gave no usable result, its expression being fine. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError'
  readonly code: EvaluationErrorCode
  readonly retryable = false

  constructor(code: EvaluationErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
