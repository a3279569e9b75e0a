import type { DashboardPlan } from '../build-dashboard.ts'
import { bars } from '../panels/bars.ts'
import { chart } from '../panels/chart.ts'
import { figure } from '../panels/figure.ts'
import { stepsFrom } from '../panels/look.ts'
import { table } from '../panels/table.ts'
import { line, lineOf, type Section } from '../section.ts'
import { choice } from '../variables.ts'
import { share, sumRate } from './queries.ts'

const slos = 'slo=~"$slo"'
const gauge = (metric: string, more = '') => `max by (slo) (${metric}{${slos}${more}})`
const budget = gauge('tocsin_slo_error_budget_remaining_ratio')
const compliance = gauge('tocsin_slo_compliance_ratio')
const target = gauge('tocsin_slo_target_ratio')
const burn = (window: string) => gauge('tocsin_slo_burn_rate', `, window="${window}"`)
const budgetSteps = stepsFrom('red', [0, 'orange'], [0.25, 'green'])
const burnSteps = stepsFrom('green', [1, 'yellow'], [6, 'orange'], [14.4, 'red'])

const glance: Section = {
  title: 'At a glance, over a rolling day',
  lines: [
    lineOf(
      [8, 8, 8],
      5,
      figure({
        title: 'Compliance',
        description: 'Good events of all, over a rolling day: availability, and response time compliance.',
        unit: 'percentunit',
        decimals: 3,
        query: { expr: compliance, legend: '{{slo}}' },
        // Each objective has a target of its own: one scale of colours would mislead.
        thresholds: stepsFrom('text'),
        runbooks: ['sla/ErrorBudgetSpent'],
      }),
      bars({
        title: 'Error budget remaining',
        description:
          'What is left of the failures that the target allows. At 0 it is spent: stop what is risky.',
        unit: 'percentunit',
        max: 1,
        query: { expr: budget, legend: '{{slo}}' },
        thresholds: budgetSteps,
        runbooks: ['sla/ErrorBudgetNearlySpent', 'sla/ErrorBudgetSpent'],
      }),
      figure({
        title: 'Burn rate of the last hour',
        description:
          'At 1, the budget is spent exactly when its period ends; at 14.4, a month’s budget in two days.',
        unit: 'short',
        decimals: 2,
        query: { expr: burn('1h'), legend: '{{slo}}' },
        thresholds: burnSteps,
        runbooks: ['sla/AvailabilityBudgetBurns', 'sla/LatencyBudgetBurns'],
      }),
    ),
    line(
      7,
      table({
        title: 'Objectives',
        description: 'Every objective: what it asks for, how it stands, and how fast its budget is spent.',
        columns: [
          { title: 'Objective', label: 'slo' },
          { title: 'Target', expr: target, unit: 'percentunit', decimals: 2 },
          { title: 'Compliance', expr: compliance, unit: 'percentunit', decimals: 3 },
          { title: 'Budget left', expr: budget, unit: 'percentunit', decimals: 1, thresholds: budgetSteps },
          { title: 'Events', expr: gauge('tocsin_slo_events', ', kind="total"'), unit: 'short', decimals: 0 },
          { title: 'Failed', expr: gauge('tocsin_slo_events', ', kind="bad"'), unit: 'short', decimals: 0 },
          { title: 'Burn, 5 min', expr: burn('5m'), decimals: 2, thresholds: burnSteps },
          { title: 'Burn, 1 h', expr: burn('1h'), decimals: 2, thresholds: burnSteps },
          { title: 'Burn, 6 h', expr: burn('6h'), decimals: 2, thresholds: burnSteps },
        ],
        runbooks: ['sla/SloNoLongerMeasured'],
      }),
    ),
  ],
}

const burnDown: Section = {
  title: 'Error budgets',
  lines: [
    lineOf(
      [12, 12],
      10,
      chart({
        title: 'Budget burn-down',
        description:
          'What is left of each budget. It falls with failures, and comes back as they leave the rolling day.',
        unit: 'percentunit',
        around: [0, 1],
        max: 1,
        queries: [{ expr: budget, legend: '{{slo}}' }],
        thresholds: budgetSteps,
        runbooks: ['sla/ErrorBudgetFalls'],
      }),
      chart({
        title: 'Burn rates',
        description:
          'How fast budgets are spent, over long and short windows. A page goes out when a long and its short one are both over 14.4 or 6.',
        unit: 'short',
        queries: ['5m', '30m', '1h', '6h'].map((window) => ({
          expr: burn(window),
          legend: `{{slo}} ${window}`,
        })),
        thresholds: burnSteps,
        runbooks: ['sla/AvailabilityBudgetBurns', 'sla/LatencyBudgetBurns'],
      }),
    ),
    lineOf(
      [12, 12],
      8,
      chart({
        title: 'Compliance and target',
        description: 'Compliance over a rolling day, above its dashed target or below.',
        unit: 'percentunit',
        around: [0.99, 1],
        max: 1,
        queries: [
          { expr: compliance, legend: '{{slo}}', refId: 'A' },
          { expr: target, legend: '{{slo}} target', refId: 'B' },
        ],
        marks: { B: 'red' },
      }),
      chart({
        title: 'Failed events of a rolling day',
        description: 'How many events were not good, and how many the target allows.',
        unit: 'short',
        queries: [
          { expr: gauge('tocsin_slo_events', ', kind="bad"'), legend: '{{slo}} failed', refId: 'A' },
          {
            expr: `${gauge('tocsin_slo_events', ', kind="total"')} * (1 - ${target})`,
            legend: '{{slo}} allowed',
            refId: 'B',
          },
        ],
        marks: { B: 'red' },
      }),
    ),
  ],
}

const requests = 'http_requests_total'
const inTime = 'http_request_duration_seconds_bucket{le="0.5"}'
const answered = 'http_request_duration_seconds_count'

const services: Section = {
  title: 'By service, at this moment',
  lines: [
    line(
      9,
      chart({
        title: 'Availability by service',
        description: 'The share of requests that the server did not fail, as it is now: where a budget goes.',
        unit: 'percentunit',
        around: [0.99, 1],
        max: 1,
        queries: [
          { expr: share(`${requests}{status_code!~"5.."}`, requests, 'service'), legend: '{{service}}' },
        ],
        runbooks: ['api/HighErrorRate'],
      }),
      chart({
        title: 'Response time compliance by service',
        description: 'The share of requests that were answered within half a second.',
        unit: 'percentunit',
        around: [0.95, 1],
        max: 1,
        queries: [{ expr: share(inTime, answered, 'service'), legend: '{{service}}' }],
        runbooks: ['api/SlowRequests'],
      }),
      chart({
        title: 'Failures by route',
        description: 'Answers a second with a 5xx status: the routes that spend the budget.',
        unit: 'reqps',
        stack: true,
        queries: [
          {
            expr: `topk(8, ${sumRate(`${requests}{status_code=~"5.."}`, 'service, route')})`,
            legend: '{{service}} {{route}}',
          },
        ],
        runbooks: ['api/RouteErrors'],
      }),
    ),
  ],
}

/** Objectives: whether they are met, and how long their error budgets last. */
export const slaMonitoring: DashboardPlan = {
  uid: 'tocsin-sla',
  title: 'SLA Monitoring',
  description: 'Availability, response time compliance, error budgets and their burn rates.',
  tags: ['sla'],
  variables: [
    choice({
      name: 'slo',
      label: 'Objective',
      description: 'The objectives that are shown',
      of: 'slo',
      selector: 'tocsin_slo_target_ratio',
    }),
  ],
  sections: [glance, burnDown, services],
}
