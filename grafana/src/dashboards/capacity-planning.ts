import type { DashboardPlan } from '../build-dashboard.ts'
import { chart } from '../panels/chart.ts'
import { fan } from '../panels/fan.ts'
import { figure } from '../panels/figure.ts'
import { stepsFrom } from '../panels/look.ts'
import { states } from '../panels/states.ts'
import { table } from '../panels/table.ts'
import { riskWords } from '../panels/words.ts'
import { lineOf, type Section } from '../section.ts'
import { choice } from '../variables.ts'

const all = 'resource=~"$resource"'
const gauge = (metric: string, more = '') => `max by (resource) (${metric}{${all}${more}})`
const utilization = gauge('tocsin_capacity_utilization_ratio')
const risk = gauge('tocsin_capacity_risk')
const fullSteps = stepsFrom('green', [0.8, 'orange'], [0.95, 'red'])
const riskSteps = stepsFrom('purple', [1, 'green'], [2, 'yellow'], [3, 'orange'], [4, 'red'])

const glance: Section = {
  title: 'Resources',
  lines: [
    lineOf(
      [4, 20],
      9,
      figure({
        title: 'Highest risk',
        description:
          'The risk of the resource at most risk: by what is in use, and by when its forecast says that it is full.',
        query: { expr: `max(${risk})` },
        words: riskWords,
        thresholds: riskSteps,
        runbooks: ['capacity/CapacityNearlyUsedUp', 'capacity/CapacityRunsOutWithinADay'],
      }),
      table({
        title: 'Resources and what to do about them',
        description:
          'What is used, how it grows, when the upper bound of its forecast reaches the limit (nothing: not within what the history can carry), and what is recommended.',
        sortBy: 'Risk',
        columns: [
          { title: 'Resource', label: 'resource' },
          {
            title: 'Risk',
            expr: `max by (resource, term, action) (tocsin_capacity_recommendation_info{${all}}) * on (resource) group_left () ${risk}`,
            words: riskWords,
            thresholds: riskSteps,
            width: 90,
          },
          { title: 'Used', expr: utilization, unit: 'percentunit', decimals: 1, thresholds: fullSteps },
          {
            title: 'Growth a day, of the limit',
            expr: `${gauge('tocsin_capacity_growth_per_day')} / (${gauge('tocsin_capacity_limit')} > 0)`,
            unit: 'percentunit',
            decimals: 2,
          },
          {
            title: 'Full in, at the earliest',
            // A forecast of some seconds ago may say that it is full by now.
            expr: `clamp_min(${gauge('tocsin_capacity_crossing_timestamp_seconds', ', percent="100", bound="earliest"')} - time(), 0)`,
            unit: 's',
            thresholds: stepsFrom('red', [86_400, 'orange'], [604_800, 'green']),
          },
          { title: 'When', label: 'term', width: 110 },
          { title: 'Recommended', label: 'action', width: 380 },
        ],
        runbooks: ['capacity/CapacityUsedUp'],
      }),
    ),
  ],
}

const trends: Section = {
  title: 'Growth trends',
  lines: [
    lineOf(
      [12, 12],
      9,
      chart({
        title: 'Utilisation',
        description: 'What is used of each limit.',
        unit: 'percentunit',
        max: 1,
        queries: [{ expr: utilization, legend: '{{resource}}' }],
        thresholds: fullSteps,
        runbooks: ['capacity/CapacityNearlyUsedUp'],
      }),
      chart({
        title: 'Growth a day, of the limit',
        description: 'The slope of the trend. Below 0, the resource is given back.',
        unit: 'percentunit',
        around: [0, 0.01],
        queries: [
          {
            expr: `${gauge('tocsin_capacity_growth_per_day')} / (${gauge('tocsin_capacity_limit')} > 0)`,
            legend: '{{resource}}',
          },
        ],
      }),
    ),
    lineOf(
      [12, 12],
      8,
      states({
        title: 'Risk',
        description: 'How the risk of each resource followed.',
        queries: [{ expr: risk, legend: '{{resource}}' }],
        words: riskWords,
        thresholds: riskSteps,
      }),
      table({
        title: 'How good the forecasts are',
        description:
          'Each model forecasts the known past: an error below 1 is better than “it stays as it is”; 95 % of the points should fall inside the interval.',
        columns: [
          { title: 'Resource', label: 'resource' },
          {
            title: 'Reaches',
            expr: gauge('tocsin_capacity_forecast_horizon_seconds'),
            unit: 's',
          },
          {
            title: 'Error',
            expr: gauge('tocsin_capacity_forecast_scaled_error'),
            decimals: 2,
            thresholds: stepsFrom('green', [1, 'orange'], [2, 'red']),
          },
          {
            title: 'Inside the interval',
            expr: gauge('tocsin_capacity_forecast_coverage_ratio'),
            unit: 'percentunit',
            decimals: 0,
            thresholds: stepsFrom('red', [0.8, 'orange'], [0.9, 'green']),
          },
        ],
      }),
    ),
  ],
}

/** The forecast of one resource: usage as it was, and as it is expected, as shares of the limit. */
function forecastOf(resource: string, title: string) {
  const one = `resource="${resource}"`
  const limit = `max(tocsin_capacity_limit{${one}} > 0)`
  const points = (bound: string) => `max by (point) (tocsin_capacity_forecast{${one}, bound="${bound}"})`
  // Intervals are symmetrical; nothing uses less than nothing.
  const ofLimit = (bound: string) => `clamp_min(${points(bound)} / on () group_left () ${limit}, 0)`
  return fan({
    title: `${title}: forecast`,
    description:
      'Expected use of the limit, which is dashed, from now on, with the intervals that hold 80 % and 95 % of what may come. It reaches as far ahead as the history reaches back.',
    unit: 'percentunit',
    min: 0,
    point: 'point',
    along: {
      title: 'From now',
      expr: `max by (point) (tocsin_capacity_forecast_ahead_seconds{${one}})`,
      unit: 's',
    },
    lines: [
      {
        title: '95 % at most',
        expr: ofLimit('upper95'),
        colour: '#5794F2',
        shadedTo: '95 % at least',
        style: 'edge',
      },
      {
        title: '80 % at most',
        expr: ofLimit('upper80'),
        colour: '#3274D9',
        shadedTo: '80 % at least',
        style: 'edge',
      },
      { title: 'expected', expr: ofLimit('expected'), colour: '#1F60C4' },
      { title: '80 % at least', expr: ofLimit('lower80'), colour: '#3274D9', style: 'edge' },
      { title: '95 % at least', expr: ofLimit('lower95'), colour: '#5794F2', style: 'edge' },
      { title: 'limit', expr: `${points('expected')} * 0 + 1`, colour: 'red', style: 'dash' },
    ],
    runbooks: ['capacity/CapacityRunsOutWithinADay'],
  })
}

/** Usage and limit of one resource, in its own unit. */
function usageOf(resource: string, title: string, unit: string) {
  const one = `resource="${resource}"`
  return chart({
    title: `${title}: usage`,
    description: 'What is used, and the limit, which is dashed.',
    unit,
    queries: [
      { expr: `max(tocsin_capacity_usage{${one}})`, legend: 'used', refId: 'A' },
      { expr: `max(tocsin_capacity_limit{${one}})`, legend: 'limit', refId: 'B' },
    ],
    marks: { B: 'red' },
  })
}

const resources = [
  ['storage', 'Storage', 'bytes'],
  ['memory', 'Memory', 'bytes'],
  ['cpu', 'CPU', 'short'],
  ['connections', 'Database connections', 'short'],
  ['api_rate_limit', 'API rate limit', 'short'],
] as const

const forecasts: Section = {
  title: 'Usage and forecasts',
  lines: resources.map(([resource, title, unit]) =>
    lineOf([12, 12], 8, usageOf(resource, title, unit), forecastOf(resource, title)),
  ),
}

/** What runs out, when, how sure that is, and what to do about it. */
export const capacityPlanning: DashboardPlan = {
  uid: 'tocsin-capacity',
  title: 'Capacity Planning',
  description: 'Growth trends, forecasts with their intervals, and recommendations for every resource.',
  tags: ['capacity'],
  variables: [
    choice({
      name: 'resource',
      label: 'Resource',
      description: 'The resources of the tables and trends',
      of: 'resource',
      selector: 'tocsin_capacity_risk',
    }),
  ],
  sections: [glance, trends, forecasts],
}
