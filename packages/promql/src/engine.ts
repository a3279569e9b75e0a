import { QueryError } from './errors.ts'
import { createQuery, type Query, type QueryTimes } from './eval/query.ts'
import { type QueryResult, runInstant, runRange } from './eval/run-query.ts'
import type { Plans } from './plan/plan-expr.ts'
import type { Queryable } from './storage.ts'
import type { Expr } from './syntax/ast.ts'
import { parseExpr } from './syntax/parse-expr.ts'

/** The bounds and defaults of queries; every one may be set per engine and per query. */
export interface EngineOptions {
  /** How old the newest sample of a series may be for an instant selector. Default: 5 minutes. */
  readonly lookbackDeltaMs?: number
  /** Samples a query may read and produce in total. Default: 10 million. */
  readonly maxSamples?: number
  /** Milliseconds a query may take. Default: 2 minutes. */
  readonly timeoutMs?: number
  /** Step of subqueries that name none. Default: 1 minute. */
  readonly subqueryStepMs?: number
  /** Milliseconds of work in one go before the event loop gets its turn. Default: 5. */
  readonly sliceMs?: number
  /** A monotonic clock in milliseconds. Default: `performance.now`. */
  readonly now?: () => number
  /** Lets others work; resolves soon. Default: a timer of 0 ms. */
  readonly pause?: () => Promise<void>
}

/** Where one query reads from, and its own bounds. */
export interface QueryOptions extends EngineOptions {
  readonly signal?: AbortSignal
  /** The text of an expression that is given parsed: warnings name places in it. */
  readonly source?: string
}

/** Evaluates PromQL over a storage. */
export interface Engine {
  /**
   * Evaluates an expression at one time.
   * @throws ParseError, or QueryError with `code` timeout, canceled, too_many_samples, execution or unsupported
   */
  instant(expr: string | Expr, timeMs: number, options?: QueryOptions): Promise<QueryResult>
  /** Evaluates an expression at `startMs`, `startMs + stepMs`, … up to `endMs`, both inclusive. Throws as `instant`. */
  range(
    expr: string | Expr,
    startMs: number,
    endMs: number,
    stepMs: number,
    options?: QueryOptions,
  ): Promise<QueryResult>
}

/**
 * Makes an engine that reads from `queryable`. Queries run in slices, so that none holds the event loop.
 * @example
 * const engine = createEngine({ queryable: head })
 * const result = await engine.instant('sum(rate(http_requests_total[5m]))', Date.now())
 */
export function createEngine({
  queryable,
  ...defaults
}: EngineOptions & { readonly queryable: Queryable }): Engine {
  async function run(
    expr: string | Expr,
    times: QueryTimes,
    options: QueryOptions,
    start: (query: Query, parsed: Expr) => Generator<void, QueryResult>,
  ): Promise<QueryResult> {
    const settings = { ...defaults, ...options }
    const query = beginQuery(expr, times, queryable, settings)
    const work = start(query, typeof expr === 'string' ? parseExpr(expr) : expr)
    return drive(query, work, settings.pause ?? breathe)
  }
  return {
    instant: (expr, timeMs, options = {}) =>
      run(expr, { startMs: timeMs, endMs: timeMs, stepMs: 0 }, options, runInstant),
    range: async (expr, startMs, endMs, stepMs, options = {}) => {
      if (!(stepMs > 0))
        throw new QueryError('execution', 'zero or negative query resolution step widths are not accepted')
      return run(expr, { startMs, endMs, stepMs }, options, runRange)
    },
  }
}

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

export const DEFAULT_LOOKBACK_MS = 300_000
export const DEFAULT_MAX_SAMPLES = 10_000_000

export function beginQuery(
  expr: string | Expr,
  times: QueryTimes,
  queryable: Queryable,
  options: QueryOptions,
  plans?: Plans,
): Query {
  return createQuery({
    ...times,
    source: typeof expr === 'string' ? expr : (options.source ?? ''),
    queryable,
    plans,
    lookbackMs: options.lookbackDeltaMs ?? DEFAULT_LOOKBACK_MS,
    subqueryStepMs: options.subqueryStepMs ?? 60_000,
    limits: {
      maxSamples: options.maxSamples ?? DEFAULT_MAX_SAMPLES,
      timeoutMs: options.timeoutMs ?? 120_000,
      sliceMs: options.sliceMs ?? 5,
    },
    now: options.now ?? (() => performance.now()),
    signal: options.signal,
  })
}

/** Runs a query to its end, pausing between slices. */
export async function drive<T>(
  query: Query,
  work: Generator<void, T>,
  pause: () => Promise<void>,
): Promise<T> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    await pause()
    query.resume()
  }
}

/** Runs a query to its end in one go. */
export function driveAtOnce<T>(query: Query, work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    query.resume()
  }
}
