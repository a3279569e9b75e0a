import { chart } from '../panels/chart.ts'
import { heat } from '../panels/heat.ts'
import { stepsFrom } from '../panels/look.ts'
import { line, lineOf, type Section } from '../section.ts'
import { quantile, sumRate } from './queries.ts'

/** Streams: what comes in, who is behind, what is refused. */
export const streamSection: Section = {
  title: 'Streams',
  lines: [
    line(
      8,
      chart({
        title: 'Messages by what became of them',
        description: 'Messages a second, of all consumers: acknowledged, tried again, refused.',
        unit: 'mps',
        queries: [
          { expr: sumRate('tocsin_messages_total', 'service, outcome'), legend: '{{service}} {{outcome}}' },
        ],
      }),
      chart({
        title: 'Behind the stream',
        description:
          'Messages of a stream that a consumer has not read yet. What only rises is too slow a reader.',
        unit: 'short',
        queries: [
          {
            expr: 'max by (service, stream, consumer) (tocsin_stream_lag_messages)',
            legend: '{{service}} {{stream}}',
          },
        ],
        thresholds: stepsFrom('green', [1000, 'red']),
        runbooks: ['tocsin/ReaderBehind'],
      }),
      chart({
        title: 'Dead letters',
        description: 'Messages that were refused for good, a minute, with the reason. They are kept.',
        unit: 'short',
        bars: true,
        queries: [
          {
            expr: '60 * sum by (service, reason) (rate(tocsin_dead_letters_total{written="true"}[$__rate_interval]))',
            legend: '{{service}} {{reason}}',
          },
        ],
        runbooks: ['tocsin/DeadLetters', 'tocsin/MetricEventsRefused'],
      }),
    ),
  ],
}

/** Rules: how late, how long, and what came of it. */
export const evaluationSection: Section = {
  title: 'Evaluation',
  lines: [
    lineOf(
      [8, 16],
      9,
      chart({
        title: 'Event lag',
        description: 'From a metric event stored by NATS to the rules that read it being evaluated.',
        unit: 's',
        log: true,
        queries: [
          { expr: quantile(0.99, 'tocsin_event_lag_seconds_bucket'), legend: 'p99' },
          { expr: quantile(0.95, 'tocsin_event_lag_seconds_bucket'), legend: 'p95' },
          { expr: quantile(0.5, 'tocsin_event_lag_seconds_bucket'), legend: 'p50' },
        ],
        runbooks: ['tocsin/EvaluationLags'],
      }),
      heat({
        title: 'Event lag, all of it',
        description:
          'How events are spread over the buckets of their lag. A band that wanders up is a backlog.',
        unit: 's',
        expr: sumRate('tocsin_event_lag_seconds_bucket', 'le'),
      }),
    ),
    line(
      8,
      chart({
        title: 'Evaluation time of a rule',
        description: 'How long the evaluation of one rule takes.',
        unit: 's',
        queries: [
          { expr: quantile(0.99, 'tocsin_rule_evaluation_duration_seconds_bucket'), legend: 'p99' },
          { expr: quantile(0.5, 'tocsin_rule_evaluation_duration_seconds_bucket'), legend: 'p50' },
        ],
        runbooks: ['tocsin/EvaluationLags'],
      }),
      chart({
        title: 'Evaluations',
        description: 'Rules evaluated a second, by what caused it, and those that failed.',
        unit: 'ops',
        queries: [
          { expr: sumRate('tocsin_rule_evaluations_total', 'trigger'), legend: '{{trigger}}' },
          {
            expr: `${sumRate('tocsin_rule_evaluation_failures_total')} or vector(0)`,
            legend: 'failed',
          },
        ],
        colours: { failed: 'red' },
        runbooks: ['tocsin/RulesFail'],
      }),
      chart({
        title: 'Alerts by state',
        description: 'Alerts of all rules: firing and pending.',
        unit: 'short',
        queries: [{ expr: 'sum by (state) (tocsin_alerts)', legend: '{{state}}' }],
        colours: { firing: 'red', pending: 'orange' },
      }),
    ),
  ],
}

/** Notifications: how soon, through which channel, and what failed. */
export const deliverySection: Section = {
  title: 'Delivery',
  lines: [
    line(
      8,
      chart({
        title: 'Delivery time, p95',
        description:
          'From an event to the moment its channel had taken the notification. Grouping waits are in it.',
        unit: 's',
        log: true,
        queries: [
          {
            expr: 'histogram_quantile(0.95, sum by (channel, le) (increase(tocsin_notification_latency_seconds_bucket[10m])))',
            legend: '{{channel}}',
          },
        ],
        runbooks: ['tocsin/ChannelFails'],
      }),
      chart({
        title: 'Attempts by outcome',
        description: 'Notifications of the last five minutes, by channel and by what came of them.',
        unit: 'short',
        bars: true,
        queries: [
          {
            expr: 'sum by (channel, outcome) (increase(tocsin_notifications_total[5m]))',
            legend: '{{channel}} {{outcome}}',
          },
        ],
        runbooks: ['tocsin/ChannelFails', 'tocsin/NotificationsGivenUp'],
      }),
      chart({
        title: 'Time of one attempt, p95',
        description: 'How long a channel takes to answer.',
        unit: 's',
        queries: [
          {
            expr: 'histogram_quantile(0.95, sum by (channel, le) (increase(tocsin_notification_attempt_duration_seconds_bucket[10m])))',
            legend: '{{channel}}',
          },
        ],
      }),
    ),
  ],
}
