import type { Matcher } from '@tocsin/promql'
import type { Head, SeriesQuery } from '@tocsin/tsdb'
import { createTurn } from '../http/create-turn.ts'
import { ApiError } from './api-error.ts'
import { parseSelector } from './parse-selectors.ts'
import { timeParameter } from './parse-time.ts'
import type { ApiRequest } from './serve-api.ts'

export interface LookUpDeps {
  readonly head: Head
  /** The longest a look-up may take. Milliseconds. */
  readonly timeoutMs: number
}

// What clients send for "all time".
const EARLIEST = -8.64e15
const LATEST = 8.64e15

/**
 * What the head's steps find for any of the `match[]` selectors, in its order; they take turns with other work.
 * @throws {ApiError}
 */
export function lookUp<T>(
  deps: LookUpDeps,
  request: ApiRequest,
  find: (query: SeriesQuery) => Generator<void, readonly T[]>,
): Promise<readonly T[]> {
  return lookUpSelectors(deps, request, request.form.getAll('match[]').map(parseSelector), find)
}

/** The same of selectors that came otherwise. @throws {ApiError} */
export async function lookUpSelectors<T>(
  { timeoutMs }: LookUpDeps,
  { form, signal }: ApiRequest,
  selectors: readonly (readonly Matcher[])[],
  find: (query: SeriesQuery) => Generator<void, readonly T[]>,
): Promise<readonly T[]> {
  const startMs = timeParameter(form, 'start', EARLIEST)
  const endMs = timeParameter(form, 'end', LATEST)
  const timedOut = AbortSignal.timeout(timeoutMs)
  const turn = createTurn()
  const steps = find({ selectors, startMs, endMs })
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (!turn.isOver()) continue
    await turn.pass()
    if (signal.aborted) throw new ApiError('canceled', 'the look-up was canceled')
    if (timedOut.aborted)
      throw new ApiError('timeout', 'the look-up timed out: ask with fewer or narrower match[] selectors')
  }
}
