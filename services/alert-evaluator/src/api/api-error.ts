import type { Response } from 'express'

/** Prometheus' kinds of API errors. */
const STATUS = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  not_found: 404,
  unavailable: 503,
  internal: 500,
} as const

/** Answers an error in Prometheus' form. */
export function answerApiError(response: Response, errorType: keyof typeof STATUS, error: string): void {
  response.status(STATUS[errorType]).json({ status: 'error', errorType, error })
}
