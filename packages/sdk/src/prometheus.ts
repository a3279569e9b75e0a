import { monitoring } from './default-monitoring.ts'

export type { Middleware } from './http/monitor-requests.ts'
export type { MetricFactories, Metrics } from './record/create-metrics.ts'
export { setCumulative } from './record/set-cumulative.ts'

export const {
  /** Factories for custom metrics (prom-client's own objects), and the built-in metrics by name. */
  metrics,
  /** The brief's custom metrics: database sync, WASM, vector search, replication. */
  dbObservabilityMetrics,
  /** Records an HTTP request: method, route pattern, status code, duration in ms. */
  recordHttpRequest,
  /** Records a database query: operation, table, whether it succeeded, duration in ms. */
  recordDatabaseQuery,
  /** Records an agent execution: agent type, status, duration in ms, tokens used. */
  recordAgentExecution,
  /** Express middleware that records every request with its route pattern. Use it before the routes. */
  monitorRequests,
} = monitoring
