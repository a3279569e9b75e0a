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

/** What `read` finds for any of the `match[]` selectors, each once; selectors take turns with other work. @throws {ApiError} */
export async function lookUp<T>(
  { head, timeoutMs }: LookUpDeps,
  { form, signal }: ApiRequest,
  read: (query: SeriesQuery) => readonly T[],
): Promise<readonly T[]> {
  const startMs = timeParameter(form, 'start', EARLIEST)
  const endMs = timeParameter(form, 'end', LATEST)
  const texts = form.getAll('match[]')
  if (texts.length === 0) return read({ startMs, endMs })

  const timedOut = AbortSignal.timeout(timeoutMs)
  const turn = createTurn()
  const passTurn = async () => {
    await turn.pass()
    if (signal.aborted) throw new ApiError('canceled', 'the look-up was canceled')
    if (timedOut.aborted)
      throw new ApiError('timeout', 'the look-up timed out: ask with fewer or narrower match[] selectors')
  }
  const found = new Set<T>()
  for (const text of texts) {
    const selector = parseSelector(text)
    const steps = head.prepare(selector)[Symbol.iterator]()
    while (!steps.next().done) if (turn.isOver()) await passTurn()
    for (const item of read({ selectors: [selector], startMs, endMs })) found.add(item)
    if (turn.isOver()) await passTurn()
  }
  return [...found]
}
