import { chart } from '../panels/chart.ts'
import { heat } from '../panels/heat.ts'
import { stepsFrom } from '../panels/look.ts'
import { table } from '../panels/table.ts'
import { line, lineOf, type Section } from '../section.ts'
import { chosen, quantile, share, sumRate } from './queries.ts'

export const requests = `http_requests_total{${chosen}, route=~"$route"}`
export const failed = `http_requests_total{${chosen}, route=~"$route", status_code=~"5.."}`
export const durations = `http_request_duration_seconds_bucket{${chosen}, route=~"$route"}`
export const errorSteps = stepsFrom('green', [0.01, 'orange'], [0.05, 'red'])
export const slowSteps = stepsFrom('green', [0.5, 'orange'], [1, 'red'])

/** Rate, errors and duration of HTTP requests. */
export const requestsSection: Section = {
  title: 'Requests: rate, errors, duration',
  lines: [
    line(
      9,
      chart({
        title: 'Request rate by service',
        description:
          'Requests answered a second. A sudden drop is as telling as a rise: TrafficDropped watches it.',
        unit: 'reqps',
        stack: true,
        queries: [{ expr: sumRate(requests, 'service'), legend: '{{service}}' }],
        runbooks: ['api/TrafficDropped'],
      }),
      chart({
        title: 'Error rate by service',
        description: 'The share of requests with a 5xx status. The dashed lines are where 1 % and 5 % fail.',
        unit: 'percentunit',
        queries: [{ expr: share(failed, requests, 'service'), legend: '{{service}}' }],
        thresholds: errorSteps,
        runbooks: ['api/HighErrorRate', 'api/ElevatedErrorRate'],
      }),
      chart({
        title: 'Response time',
        description:
          'Quantiles over all chosen requests. A dot is one request that was traced: it leads to its trace.',
        unit: 's',
        queries: [
          { expr: quantile(0.99, durations), legend: 'p99', exemplar: true },
          { expr: quantile(0.95, durations), legend: 'p95' },
          { expr: quantile(0.5, durations), legend: 'p50' },
        ],
        thresholds: slowSteps,
        runbooks: ['api/SlowRequests'],
      }),
    ),
    lineOf(
      [8, 16],
      9,
      chart({
        title: 'Requests by status',
        description: 'Answers a second by status code: 4xx are clients’ faults, 5xx are ours.',
        unit: 'reqps',
        stack: true,
        queries: [{ expr: sumRate(requests, 'status_code'), legend: '{{status_code}}' }],
        families: { '[123]..': 'green', '4..': 'yellow', '5..': 'red' },
        runbooks: ['api/ClientErrorsSurge'],
      }),
      heat({
        title: 'Response times, all of them',
        description:
          'How requests are spread over the buckets of response time: two modes are seen here, and not in a quantile.',
        unit: 's',
        expr: sumRate(durations, 'le'),
      }),
    ),
  ],
}

/** The same of each route, and of each operation that traces name. */
export const operationsSection: Section = {
  title: 'Routes and operations',
  lines: [
    line(
      9,
      table({
        title: 'Routes',
        description: 'What each route of each service does now. A click on a route shows it alone.',
        sortBy: 'Requests',
        columns: [
          { title: 'Service', label: 'service' },
          { title: 'Method', label: 'method', width: 80 },
          {
            title: 'Route',
            label: 'route',
            drill: {
              title: 'Only this route',
              url: '/d/tocsin-overview?${__url_time_range}&var-route=${__value.text}',
            },
          },
          {
            title: 'Requests',
            expr: sumRate(requests, 'service, method, route'),
            unit: 'reqps',
            decimals: 2,
          },
          {
            title: 'Errors',
            expr: share(failed, requests, 'service, method, route'),
            unit: 'percentunit',
            decimals: 2,
            thresholds: errorSteps,
          },
          {
            title: 'p95',
            expr: quantile(0.95, durations, 'service, method, route'),
            unit: 's',
            thresholds: slowSteps,
          },
        ],
        runbooks: ['api/RouteErrors', 'api/SlowRoute'],
      }),
      table({
        title: 'Operations in traces',
        description:
          'Spans that came by OTLP: calls a second, the share that failed, and how long 95 of 100 took.',
        sortBy: 'Calls',
        columns: [
          { title: 'Service', label: 'service' },
          { title: 'Operation', label: 'span_name' },
          {
            title: 'Calls',
            expr: sumRate('traces_span_metrics_calls_total{service=~"$service"}', 'service, span_name'),
            unit: 'reqps',
            decimals: 2,
          },
          {
            title: 'Errors',
            expr: share(
              'traces_span_metrics_calls_total{service=~"$service", status_code="STATUS_CODE_ERROR"}',
              'traces_span_metrics_calls_total{service=~"$service"}',
              'service, span_name',
            ),
            unit: 'percentunit',
            decimals: 2,
            thresholds: errorSteps,
          },
          {
            title: 'p95',
            expr: quantile(
              0.95,
              'traces_span_metrics_duration_milliseconds_bucket{service=~"$service"}',
              'service, span_name',
            ),
            unit: 'ms',
          },
        ],
        runbooks: ['dynamic/OperationErrorRate', 'dynamic/OperationLatency'],
      }),
    ),
  ],
}
