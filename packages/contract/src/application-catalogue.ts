import { JOB_BUCKETS, type MetricDefinitions, QUERY_BUCKETS, REQUEST_BUCKETS } from './metric-definition.ts'

/** What the SDK's `recordHttpRequest()` and its middleware measure. */
export const httpMetrics = {
  httpRequestsTotal: {
    name: 'http_requests_total',
    type: 'counter',
    labels: ['method', 'route', 'status_code'],
    help: 'HTTP requests answered, by route pattern.',
  },
  httpRequestDurationSeconds: {
    name: 'http_request_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['method', 'route', 'status_code'],
    help: 'Time from the first byte of a request to the end of its answer.',
    buckets: REQUEST_BUCKETS,
  },
} as const satisfies MetricDefinitions

/** Databases: queries, connection pools, caches, table sizes. */
export const databaseMetrics = {
  dbQueriesTotal: {
    name: 'db_queries_total',
    type: 'counter',
    labels: ['operation', 'table', 'status'],
    help: 'Database queries; status is success or error.',
  },
  dbQueryDurationSeconds: {
    name: 'db_query_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['operation', 'table'],
    help: 'Time that database queries took.',
    buckets: QUERY_BUCKETS,
  },
  dbPoolConnections: {
    name: 'db_pool_connections',
    type: 'gauge',
    labels: ['pool', 'state'],
    help: 'Connections of a pool; state is active or idle.',
  },
  dbPoolMaxConnections: {
    name: 'db_pool_max_connections',
    type: 'gauge',
    labels: ['pool'],
    help: 'Connections that a pool may open at most.',
  },
  dbPoolPendingRequests: {
    name: 'db_pool_pending_requests',
    type: 'gauge',
    labels: ['pool'],
    help: 'Requests that wait for a connection of the pool.',
  },
  cacheRequestsTotal: {
    name: 'cache_requests_total',
    type: 'counter',
    labels: ['cache', 'result'],
    help: 'Look-ups in a cache; result is hit or miss.',
  },
  cacheEvictionsTotal: {
    name: 'cache_evictions_total',
    type: 'counter',
    labels: ['cache'],
    help: 'Entries that a cache dropped to make room.',
  },
  dbTableSizeBytes: {
    name: 'db_table_size_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['table'],
    help: 'Size of a table on disk, indexes included.',
  },
  dbTableRows: {
    name: 'db_table_rows',
    type: 'gauge',
    labels: ['table'],
    help: 'Rows of a table.',
  },
} as const satisfies MetricDefinitions

/** Agents: executions, tokens, workflows. */
export const agentMetrics = {
  agentExecutionsTotal: {
    name: 'agent_executions_total',
    type: 'counter',
    labels: ['agent_type', 'status'],
    help: 'Agent executions that ended, by outcome.',
  },
  agentExecutionDurationSeconds: {
    name: 'agent_execution_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['agent_type', 'status'],
    help: 'Time that agent executions took.',
    buckets: JOB_BUCKETS,
  },
  agentTokensTotal: {
    name: 'agent_tokens_total',
    type: 'counter',
    labels: ['agent_type'],
    help: 'Tokens that agent executions used.',
  },
  agentActiveExecutions: {
    name: 'agent_active_executions',
    type: 'gauge',
    labels: ['agent_type'],
    help: 'Agent executions under way.',
  },
  agentWorkflows: {
    name: 'agent_workflows',
    type: 'gauge',
    labels: ['workflow', 'status'],
    help: 'Workflows that have not ended, by what they are doing: queued, running or waiting.',
  },
  agentWorkflowRunsTotal: {
    name: 'agent_workflow_runs_total',
    type: 'counter',
    labels: ['workflow', 'status'],
    help: 'Workflow runs that ended, by outcome: completed, failed or cancelled.',
  },
} as const satisfies MetricDefinitions

/** The application as a whole: its users, and what remains of the API rate limits it lives under. */
export const applicationMetrics = {
  activeUsers: {
    name: 'active_users',
    type: 'gauge',
    labels: [],
    help: 'Users who are active at this moment.',
  },
  apiRateLimitMaxRequests: {
    name: 'api_rate_limit_max_requests',
    type: 'gauge',
    labels: ['api'],
    help: 'Requests that an API allows in its present window.',
  },
  apiRateLimitRemainingRequests: {
    name: 'api_rate_limit_remaining_requests',
    type: 'gauge',
    labels: ['api'],
    help: 'Requests that an API still allows in its present window.',
  },
  apiRateLimitRejectionsTotal: {
    name: 'api_rate_limit_rejections_total',
    type: 'counter',
    labels: ['api'],
    help: 'Requests that an API refused because of its rate limit.',
  },
} as const satisfies MetricDefinitions

/** The brief's metrics that an application records with the SDK, except its custom ones. */
export const builtInDefinitions = {
  ...httpMetrics,
  ...databaseMetrics,
  ...agentMetrics,
  ...applicationMetrics,
} as const
