import {
  type Engine,
  type Expr,
  parseExpr,
  QueryError,
  type QueryOptions,
  type QueryResult,
  typeOf,
} from '@tocsin/promql'
import { codeOf } from '@tocsin/runtime'
import { ApiError, badData, badParameter } from './api-error.ts'
import { limitResult } from './limit-result.ts'
import { limitParameter } from './parse-limit.ts'
import { durationParameter, timeParameter } from './parse-time.ts'
import type { QueryGate } from './query-gate.ts'
import type { QueryRecord } from './record-queries.ts'
import type { ApiAnswer, ApiRequest, ApiVerb } from './serve-api.ts'
import { writeResult } from './write-result.ts'

/** What queries need. */
export interface QueryDeps {
  readonly engine: Engine
  readonly gate: QueryGate
  readonly record: QueryRecord
  /** The longest a query may take, waiting included, whatever its `timeout` says. Milliseconds. */
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Prometheus' own bound: sixty hours at a resolution of twenty seconds, or a week at one minute. */
const MOST_POINTS = 11_000

/** `/query`: an expression at one time. */
export function queryInstant(deps: QueryDeps): ApiVerb {
  return (request) => {
    const limit = limitParameter(request.form)
    const timeMs = timeParameter(request.form, 'time', deps.now())
    const options = readOptions(request, deps)
    const expr = parseQuery(request.form)
    const run = (within: QueryOptions) => deps.engine.instant(expr, timeMs, within)
    return answerQuery(deps, 'instant', request, { ...options, limit }, run)
  }
}

/** `/query_range`: an expression at every step of a range. */
export function queryRange(deps: QueryDeps): ApiVerb {
  return (request) => {
    const { form } = request
    const limit = limitParameter(form)
    const startMs = timeParameter(form, 'start')
    const endMs = timeParameter(form, 'end')
    if (endMs < startMs) throw badParameter('end', 'end timestamp must not be before start time')
    const stepMs = durationParameter(form, 'step')
    if (!(stepMs > 0))
      throw badParameter(
        'step',
        'zero or negative query resolution step widths are not accepted. Try a positive integer',
      )
    if ((endMs - startMs) / stepMs > MOST_POINTS)
      throw badData(
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
      )
    const options = readOptions(request, deps)
    const expr = parseQuery(form)
    const type = typeOf(expr)
    if (type === 'matrix' || type === 'string')
      throw badData(
        `invalid expression type "${type === 'matrix' ? 'range vector' : type}" for range query, must be Scalar or instant Vector`,
      )
    const run = (within: QueryOptions) => deps.engine.range(expr, startMs, endMs, stepMs, within)
    return answerQuery(deps, 'range', request, { ...options, limit }, run)
  }
}

/** The parameter `query`, parsed. @throws {ApiError} */
export function parseQuery(form: URLSearchParams): Expr {
  try {
    return parseExpr(form.get('query') ?? '')
  } catch (error) {
    if (error instanceof QueryError) throw badParameter('query', error.message, error)
    throw error
  }
}

function readOptions({ form }: ApiRequest, { timeoutMs }: QueryDeps): QueryOptions & { timeoutMs: number } {
  const asked = form.has('timeout') ? durationParameter(form, 'timeout') : timeoutMs
  const lookbackDeltaMs = form.get('lookback_delta') ? durationParameter(form, 'lookback_delta') : 0
  return {
    timeoutMs: Math.min(asked, timeoutMs),
    source: form.get('query') ?? '',
    ...(lookbackDeltaMs > 0 && { lookbackDeltaMs }),
  }
}

async function answerQuery(
  { gate, record }: QueryDeps,
  kind: 'instant' | 'range',
  request: ApiRequest,
  { limit, ...options }: QueryOptions & { timeoutMs: number; limit: number },
  run: (within: QueryOptions) => Promise<QueryResult>,
): Promise<ApiAnswer> {
  const timedOut =
    options.timeoutMs > 0 ? AbortSignal.timeout(Math.ceil(options.timeoutMs)) : AbortSignal.abort()
  const signal = AbortSignal.any([request.signal, timedOut])
  let end: ((outcome: string) => void) | undefined
  try {
    const whole = await gate.run(signal, () => {
      end = record.begin(kind)
      return run({ ...options, signal })
    })
    const result = limitResult(whole, limit)
    end?.('ok')
    return { data: writeResult(result), warnings: result.warnings, infos: result.infos }
  } catch (error) {
    const told = explainEnd(error, request.signal.aborted, timedOut.aborted, end !== undefined)
    end?.(codeOf(told) ?? 'internal')
    throw told
  }
}

/** A signal ends the engine's work and the wait for a place alike; who sent it decides what the client is told. */
function explainEnd(error: unknown, clientLeft: boolean, timedOut: boolean, begun: boolean): unknown {
  if (clientLeft) return new ApiError('canceled', 'query was canceled', { cause: error })
  if (!timedOut) return error
  return new ApiError('timeout', `query timed out in ${begun ? 'expression evaluation' : 'query queue'}`, {
    cause: error,
  })
}
