import type { Query } from './query.ts'

/** A step may be a fraction of a millisecond's work on a regular expression: the clock is looked at after each. */
const UNITS_PER_STEP = 8192

/** Takes the steps of work that knows nothing of the query, and gives what it returns. */
export function* takeSteps<T>(query: Query, steps: Iterator<unknown, T>): Generator<void, T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (query.due(UNITS_PER_STEP)) yield
  }
}
