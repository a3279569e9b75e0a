import type { Warn } from '../warn.ts'
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

export function createRecorder(metrics: Metrics, warn: Warn): Recorder {
  /** Seconds; undefined, with one warning per caller, for what is no duration. */
  function seconds(durationMs: number, caller: string): number | undefined {
    if (Number.isFinite(durationMs) && durationMs >= 0) return durationMs / 1000
    warn(`duration ${caller}`, `${caller}: a duration is a number of milliseconds from 0, not ${durationMs}`)
    return undefined
  }

  return {
    recordHttpRequest(method, route, status, durationMs) {
      const labels = { method, route, status_code: status }
      metrics.httpRequestsTotal.inc(labels)
      const duration = seconds(durationMs, 'recordHttpRequest')
      if (duration !== undefined) metrics.httpRequestDurationSeconds.observe(labels, duration)
    },
    recordDatabaseQuery(operation, table, success, durationMs) {
      metrics.dbQueriesTotal.inc({ operation, table, status: success ? 'success' : 'error' })
      const duration = seconds(durationMs, 'recordDatabaseQuery')
      if (duration !== undefined) metrics.dbQueryDurationSeconds.observe({ operation, table }, duration)
    },
    recordAgentExecution(agentType, status, durationMs, tokens) {
      const labels = { agent_type: agentType, status }
      metrics.agentExecutionsTotal.inc(labels)
      const duration = seconds(durationMs, 'recordAgentExecution')
      if (duration !== undefined) metrics.agentExecutionDurationSeconds.observe(labels, duration)
      if (tokens === undefined) return
      if (Number.isFinite(tokens) && tokens >= 0)
        metrics.agentTokensTotal.inc({ agent_type: agentType }, tokens)
      else warn('tokens', `recordAgentExecution: tokens are a number from 0, not ${tokens}`)
    },
  }
}
