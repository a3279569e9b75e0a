import type { DashboardPlan } from '../build-dashboard.ts'
import { alertList } from '../panels/alert-list.ts'
import { chart } from '../panels/chart.ts'
import { figure } from '../panels/figure.ts'
import { stepsFrom } from '../panels/look.ts'
import { table } from '../panels/table.ts'
import { healthWords } from '../panels/words.ts'
import { line, type Section } from '../section.ts'
import { choice, instanceChoice, serviceChoice } from '../variables.ts'
import { processSection } from './process-section.ts'
import { chosen, quantile, share, sumRate } from './queries.ts'
import {
  durations,
  errorSteps,
  failed,
  operationsSection,
  requests,
  requestsSection,
  slowSteps,
} from './request-sections.ts'

const glance: Section = {
  title: 'At a glance',
  lines: [
    line(
      4,
      figure({
        title: 'Request rate',
        description: 'HTTP requests answered a second, by all chosen services together.',
        unit: 'reqps',
        query: { expr: sumRate(requests) },
        runbooks: ['api/TrafficDropped'],
      }),
      figure({
        title: 'Error rate',
        description: 'The share of requests answered with a 5xx status. From 5 % on, HighErrorRate fires.',
        unit: 'percentunit',
        query: { expr: share(failed, requests) },
        thresholds: errorSteps,
        runbooks: ['api/HighErrorRate'],
      }),
      figure({
        title: 'Response time, p95',
        description: '95 of 100 requests are answered within this time.',
        unit: 's',
        query: { expr: quantile(0.95, durations) },
        thresholds: slowSteps,
        runbooks: ['api/SlowRequests'],
      }),
      figure({
        title: 'Active users',
        description: 'Users who are active at this moment, as the applications count them.',
        unit: 'short',
        query: { expr: `sum(active_users{${chosen}})` },
      }),
      figure({
        title: 'Firing alerts',
        description: 'Alerts that fire now, of any service. The list below says which.',
        unit: 'short',
        decimals: 0,
        query: { expr: 'count(ALERTS{alertstate="firing"}) or vector(0)' },
        thresholds: stepsFrom('green', [1, 'red']),
      }),
      figure({
        title: 'Health',
        description: 'Unhealthy when a critical check is, degraded when any check is not healthy.',
        query: { expr: 'min(tocsin_health_overall)' },
        words: healthWords,
        thresholds: stepsFrom('red', [0.5, 'orange'], [1, 'green']),
        drill: { title: 'System Health', url: '/d/tocsin-system-health?${__url_time_range}' },
        runbooks: ['tocsin/HealthCheckFails'],
      }),
    ),
  ],
}

const users: Section = {
  title: 'Users and the APIs that are called',
  lines: [
    line(
      9,
      chart({
        title: 'Active users',
        description: 'Users who are active, by service.',
        unit: 'short',
        queries: [{ expr: `sum by (service) (active_users{${chosen}})`, legend: '{{service}}' }],
      }),
      chart({
        title: 'Rate limits of APIs, used',
        description:
          'How much of what an API allows in its present window is used. At 100 % it refuses requests.',
        unit: 'percentunit',
        max: 1,
        queries: [
          {
            expr:
              `1 - sum by (service, api) (api_rate_limit_remaining_requests{${chosen}})` +
              ` / sum by (service, api) (api_rate_limit_max_requests{${chosen}})`,
            legend: '{{service}} {{api}}',
          },
        ],
        thresholds: stepsFrom('green', [0.8, 'orange'], [0.95, 'red']),
        runbooks: ['capacity/RateLimitNearlyUsedUp', 'capacity/RateLimited'],
      }),
    ),
  ],
}

const alerts: Section = {
  title: 'Alerts',
  lines: [
    line(
      9,
      table({
        title: 'Alerts, active now',
        description: 'Alerts that fire or are pending, as the alert evaluator writes them into ALERTS.',
        columns: [
          { title: 'Alert', label: 'alertname' },
          { title: 'State', label: 'alertstate', width: 90 },
          { title: 'Severity', label: 'severity', width: 90 },
          { title: 'Service', label: 'service' },
          {
            title: 'For',
            expr: 'sort_desc(time() - max by (alertname, severity, service) (ALERTS_FOR_STATE) * on (alertname, severity, service) group_right () max by (alertname, alertstate, severity, service) (ALERTS))',
            unit: 's',
            width: 110,
          },
        ],
      }),
      alertList(
        'Alert rules',
        'Rules that fire or are pending, with their annotations and runbooks: from the alert evaluator’s own API.',
      ),
    ),
  ],
}

/** The first look: how the services do, and where to look next. */
export const systemOverview: DashboardPlan = {
  uid: 'tocsin-overview',
  title: 'System Overview',
  description:
    'Request rates, error rates, response times and active users of every service, and what is wrong with it.',
  tags: ['overview', 'red'],
  variables: [
    serviceChoice('process_start_time_seconds'),
    instanceChoice('process_start_time_seconds'),
    choice({
      name: 'route',
      label: 'Operation',
      description: 'The routes that are shown',
      of: 'route',
      selector: 'http_requests_total{service=~"$service"}',
    }),
  ],
  sections: [glance, requestsSection, operationsSection, users, processSection, alerts],
}
