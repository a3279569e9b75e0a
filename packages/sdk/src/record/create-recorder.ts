import { messageOf } from '../errors.ts'
import type { SpanReference } from '../series/active-trace.ts'
import type { HistogramChild } from '../series/track-histogram.ts'
import type { Warn } from '../warn.ts'
import { createCallCache } from './call-cache.ts'
import type { Metrics } from './create-metrics.ts'

/** The brief's calls. None of them throws. */
export interface Recorder {
  /** One HTTP request that was answered. `route` is a pattern (`/users/:id`), never a raw path. */
  recordHttpRequest(method: string, route: string, status: number, durationMs: number): void
  /** One database query. */
  recordDatabaseQuery(operation: string, table: string, success: boolean, durationMs: number): void
  /** One agent execution that ended, and the tokens it used. */
  recordAgentExecution(agentType: string, status: string, durationMs: number, tokens?: number): void
}

/** `recordHttpRequest`, and whose span it was (null for none), for who knows that better than the moment of the call. */
export type RecordRequest = (
  method: string,
  route: string,
  status: number,
  durationMs: number,
  span?: SpanReference | null,
) => void

/** What an application records itself, so that its spans need not. */
export interface Uses {
  http: boolean
  database: boolean
  agents: boolean
}

/** The brief's calls, for those who know the span. */
export interface SpanAwareRecorder extends Omit<Recorder, 'recordHttpRequest'> {
  readonly recordHttpRequest: RecordRequest
}

export function createRecorder(
  metrics: Metrics,
  warn: Warn,
  uses: Uses = { http: false, database: false, agents: false },
): SpanAwareRecorder {
  const http = createCallCache((method, route, status_code) => ({
    requests: metrics.httpRequestsTotal.labels({ method, route, status_code } as Labels),
    duration: childOf(metrics.httpRequestDurationSeconds.labels({ method, route, status_code } as Labels)),
  }))
  const database = createCallCache((operation, table, success) => ({
    queries: metrics.dbQueriesTotal.labels({
      operation,
      table,
      status: success ? 'success' : 'error',
    } as Labels),
    duration: childOf(metrics.dbQueryDurationSeconds.labels({ operation, table } as Labels)),
  }))
  const agents = createCallCache((agent_type, status) => ({
    executions: metrics.agentExecutionsTotal.labels({ agent_type, status } as Labels),
    duration: childOf(metrics.agentExecutionDurationSeconds.labels({ agent_type, status } as Labels)),
  }))

  function observe(
    child: HistogramChild,
    durationMs: number,
    caller: string,
    span?: SpanReference | null,
  ): void {
    if (Number.isFinite(durationMs) && durationMs >= 0) child.observe(durationMs / 1000, span)
    else
      warn(
        `duration ${caller}`,
        `${caller}: a duration is a number of milliseconds from 0, not ${durationMs}`,
      )
  }

  /** As where the application has made another metric of that name. */
  function cannot(caller: string, error: unknown): void {
    warn(`failed ${caller}`, `${caller}() records nothing: ${messageOf(error)}`)
  }

  function useTokens(agentType: string, tokens: number): void {
    if (Number.isFinite(tokens) && tokens >= 0)
      metrics.agentTokensTotal.inc({ agent_type: agentType }, tokens)
    else warn('tokens', `recordAgentExecution: tokens are a number from 0, not ${tokens}`)
  }

  return {
    recordHttpRequest(method, route, status, durationMs, span) {
      uses.http = true
      try {
        const { requests, duration } = http(method, route, status)
        requests.inc()
        observe(duration, durationMs, 'recordHttpRequest', span)
      } catch (error) {
        cannot('recordHttpRequest', error)
      }
    },
    recordDatabaseQuery(operation, table, success, durationMs) {
      uses.database = true
      try {
        const { queries, duration } = database(operation, table, success)
        queries.inc()
        observe(duration, durationMs, 'recordDatabaseQuery')
      } catch (error) {
        cannot('recordDatabaseQuery', error)
      }
    },
    recordAgentExecution(agentType, status, durationMs, tokens) {
      uses.agents = true
      try {
        const { executions, duration } = agents(agentType, status, '')
        executions.inc()
        observe(duration, durationMs, 'recordAgentExecution')
        if (tokens !== undefined) useTokens(agentType, tokens)
      } catch (error) {
        cannot('recordAgentExecution', error)
      }
    },
  }
}

type Labels = Record<string, string>

/** The children of our histograms take a span as well. */
const childOf = (child: object): HistogramChild => child as HistogramChild
