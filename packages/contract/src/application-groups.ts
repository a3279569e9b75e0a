import { agentMetrics, applicationMetrics, databaseMetrics, httpMetrics } from './application-catalogue.ts'
import { dbObservabilityDefinitions } from './custom-catalogue.ts'
import type { MetricGroup } from './metric-definition.ts'

/** Metrics that applications record, as the brief names them. */
export const applicationGroups: readonly MetricGroup[] = [
  {
    title: 'HTTP requests',
    about: "Recorded by the SDK's middleware, or with `recordHttpRequest()`.",
    publishers: ['application'],
    metrics: httpMetrics,
    examples: [
      {
        question: 'Which share of requests fails?',
        query:
          'sum by (service) (rate(http_requests_total{status_code=~"5.."}[5m]))\n' +
          '/ sum by (service) (rate(http_requests_total[5m]))',
      },
      {
        question: 'How long do 95 of 100 requests take at most?',
        query:
          'histogram_quantile(0.95, sum by (route, le) (rate(http_request_duration_seconds_bucket[5m])))',
      },
    ],
  },
  {
    title: 'Databases',
    about: 'Queries (`recordDatabaseQuery()`), connection pools, caches and tables.',
    publishers: ['application'],
    metrics: databaseMetrics,
    examples: [
      {
        question: 'How full are the pools?',
        query:
          'sum by (pool) (db_pool_connections{state="active"}) / sum by (pool) (db_pool_max_connections)',
      },
      {
        question: 'How often does a cache have what is asked for?',
        query:
          'sum by (cache) (rate(cache_requests_total{result="hit"}[5m]))\n' +
          '/ sum by (cache) (rate(cache_requests_total[5m]))',
      },
    ],
  },
  {
    title: 'Agents',
    about: 'Executions (`recordAgentExecution()`), the tokens they use, workflows.',
    publishers: ['application'],
    metrics: agentMetrics,
    examples: [
      {
        question: 'How many tokens does an execution use?',
        query:
          'sum by (agent_type) (rate(agent_tokens_total[1h]))\n' +
          '/ sum by (agent_type) (rate(agent_executions_total[1h]))',
      },
      {
        question: 'Which share of executions succeeds?',
        query:
          'sum(rate(agent_executions_total{status="success"}[15m])) / sum(rate(agent_executions_total[15m]))',
      },
    ],
  },
  {
    title: 'Users and rate limits',
    about: 'The application as a whole, and the APIs it calls.',
    publishers: ['application'],
    metrics: applicationMetrics,
    examples: [
      {
        question: 'How much of its rate limit is used?',
        query: '1 - api_rate_limit_remaining_requests / api_rate_limit_max_requests',
      },
    ],
  },
  {
    title: 'Sync, replication, WASM, vector search',
    about: 'The custom metrics, `dbObservabilityMetrics` of the SDK.',
    publishers: ['application'],
    metrics: dbObservabilityDefinitions,
    examples: [
      {
        question: 'How far are replicas behind?',
        query: 'max by (source, destination) (db_replication_lag_seconds)',
      },
      {
        question: 'How long does the slowest of 100 vector searches take?',
        query:
          'histogram_quantile(0.99, sum by (index, le) (rate(vector_search_duration_seconds_bucket[5m])))',
      },
    ],
  },
]
