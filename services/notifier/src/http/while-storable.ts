import { type Bus, codeOf, HttpError, messageOf } from '@tocsin/runtime'
import type { Response } from 'express'

/**
 * Does what stores something. What cannot be stored now is not accepted: the sender is told to come again.
 * @throws {HttpError} 503 `not_stored`; what trying again would not help is thrown as it is
 */
export async function whileStorable<T>(
  bus: Pick<Bus, 'trouble'>,
  response: Response,
  store: () => Promise<T>,
): Promise<T> {
  const trouble = bus.trouble()
  try {
    if (trouble !== undefined) throw new Error(trouble)
    return await store()
  } catch (error) {
    if (isFinal(error)) throw error
    response.set('Retry-After', '5')
    throw new HttpError(503, 'not_stored', `not accepted, send it again: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

const FINAL = ['too_large', 'invalid_silence', 'not_found', 'not_replayable', 'conflict', 'invalid_matcher']

function isFinal(error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && FINAL.includes(code)
}
