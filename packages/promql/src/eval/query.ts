import { QueryError } from '../errors.ts'
import type { Plans } from '../plan/plan-expr.ts'
import type { Queryable } from '../storage.ts'
import { type Annotations, createAnnotations } from './annotations.ts'

/** The bounds a query runs within. */
export interface QueryLimits {
  /** Samples read and produced in total. */
  readonly maxSamples: number
  /** Milliseconds from start to end. */
  readonly timeoutMs: number
  /** Milliseconds of work in one go before others get their turn. */
  readonly sliceMs: number
}

export interface QueryTimes {
  readonly startMs: number
  readonly endMs: number
  /** 0 in an instant query. */
  readonly stepMs: number
}

/** One running query: what it reads, the bounds it keeps, and what it has to remark. */
export interface Query extends QueryTimes {
  readonly queryable: Queryable
  readonly lookbackMs: number
  readonly subqueryStepMs: number
  readonly annotations: Annotations
  /** Parts of the expression that are planned, for the query's own time. */
  readonly plans: Plans | undefined
  /** Counts samples read or produced. @throws QueryError beyond the limit */
  charge(samples: number): void
  /** Counts the steps of a range query or a subquery. @throws QueryError when they are too many */
  chargeSteps(steps: number): void
  /** Counts work, about one unit a sample; true when it is time to yield. @throws QueryError when it must end */
  due(units: number): boolean
  /** Begins a new slice after a yield. */
  resume(): void
}

export interface QueryOptions extends QueryTimes {
  readonly source: string
  readonly queryable: Queryable
  readonly lookbackMs: number
  readonly subqueryStepMs: number
  readonly limits: QueryLimits
  readonly plans?: Plans | undefined
  /** A monotonic clock in milliseconds. */
  readonly now: () => number
  readonly signal?: AbortSignal | undefined
}

/** What is computed per step, such as time(), is computed in one go. */
const MOST_STEPS = 1_000_000
/** Work between two looks at the clock: well under a millisecond. */
const UNITS_PER_LOOK = 8192

export function tooManySamples(): QueryError {
  return new QueryError(
    'too_many_samples',
    'query processing would load too many samples into memory in query execution',
  )
}

export function createQuery(options: QueryOptions): Query {
  const { source, queryable, lookbackMs, subqueryStepMs, limits, now, signal } = options
  const deadline = now() + limits.timeoutMs
  let sliceEnd = now() + limits.sliceMs
  let samples = 0
  let units = 0

  function look(): boolean {
    if (signal?.aborted) {
      throw new QueryError('canceled', 'query was canceled in expression evaluation', {
        cause: signal.reason,
      })
    }
    const time = now()
    if (time > deadline) {
      throw new QueryError('timeout', 'query timed out in expression evaluation')
    }
    return time > sliceEnd
  }

  return {
    startMs: options.startMs,
    endMs: options.endMs,
    stepMs: options.stepMs,
    queryable,
    lookbackMs,
    subqueryStepMs,
    annotations: createAnnotations(source),
    plans: options.plans,
    charge(count) {
      samples += count
      if (samples > limits.maxSamples) throw tooManySamples()
    },
    chargeSteps(steps) {
      if (steps > MOST_STEPS) {
        const message = `query would be evaluated at ${steps} steps, at most ${MOST_STEPS} are possible: use a longer step`
        throw new QueryError('too_many_samples', message)
      }
      this.charge(steps)
    },
    due(count) {
      units += count
      if (units < UNITS_PER_LOOK) return false
      units = 0
      return look()
    },
    resume() {
      sliceEnd = now() + limits.sliceMs
      look()
    },
  }
}
