import { alertmanagerMetrics } from './alertmanager-catalogue.ts'
import { capacityMetrics } from './capacity-catalogue.ts'
import { collectorMetrics, headMetrics } from './collector-catalogue.ts'
import { dynamicAlertMetrics } from './dynamic-catalogue.ts'
import type { MetricGroup } from './metric-definition.ts'
import { processMetrics } from './process-catalogue.ts'
import { remoteWriteMetrics } from './remote-write-catalogue.ts'
import { runtimeMetrics } from './runtime-catalogue.ts'
import { sdkMetrics } from './sdk-catalogue.ts'
import { evaluatorMetrics, healthMetrics, hostAgentMetrics, notifierMetrics } from './service-catalogue.ts'
import { slaMetrics } from './sla-catalogue.ts'

/** What Tocsin says of itself. */
export const ownGroups: readonly MetricGroup[] = [
  {
    title: 'Process and Node',
    about:
      "prom-client's own, of applications with the SDK and of every service. Of services, heap spaces and active handles " +
      'stand on their own `/metrics` only.',
    publishers: ['application', 'every service'],
    metrics: processMetrics,
    examples: [
      { question: 'Is an event loop held up?', query: 'nodejs_eventloop_lag_p99_seconds > 0.1' },
      {
        question: 'Which processes grow?',
        query: 'deriv(process_resident_memory_bytes[1h]) > 0',
      },
    ],
  },
  {
    title: 'The SDK',
    about: 'What the SDK says of itself, with every full snapshot.',
    publishers: ['application'],
    metrics: sdkMetrics,
    examples: [
      {
        question: 'Which applications fail to publish?',
        query: 'sum by (service) (increase(tocsin_sdk_batches_total{outcome="failed"}[5m])) > 0',
      },
    ],
  },
  {
    title: 'Every service',
    about:
      'Its way with NATS, Redis and HTTP, on its own `/metrics` and, every 15 s, on `monitoring.metrics.tocsin-<service>`.',
    publishers: ['every service'],
    metrics: runtimeMetrics,
    examples: [
      { question: 'Who is behind?', query: 'tocsin_stream_lag_messages > 1000' },
      {
        question: 'What is refused, and why?',
        query:
          'sum by (service, stream, reason) (increase(tocsin_dead_letters_total{written="true"}[1h])) > 0',
      },
    ],
  },
  {
    title: 'The collector',
    about: 'What it takes in, holds and answers.',
    publishers: ['collector'],
    metrics: collectorMetrics,
    examples: [
      {
        question: 'How full is its memory?',
        query: 'tocsin_head_bytes / tocsin_head_limit_bytes',
      },
      {
        question: 'How long do queries take?',
        query: 'histogram_quantile(0.95, sum by (kind, le) (rate(tocsin_query_duration_seconds_bucket[5m])))',
      },
    ],
  },
  {
    title: 'Remote write',
    about: 'What the collector takes from Prometheus, or who speaks like it, at `/api/v1/write`.',
    publishers: ['collector'],
    metrics: remoteWriteMetrics,
    examples: [
      {
        question: 'Is something refused, and why?',
        query: 'sum by (reason) (increase(tocsin_remote_write_refused_total[1h])) > 0',
      },
      {
        question: 'How many samples come in a second?',
        query: 'rate(tocsin_remote_write_samples_total[5m])',
      },
    ],
  },
  {
    title: 'The head',
    about: 'The series in the memory of a reader of METRICS.',
    publishers: ['collector', 'alert-evaluator'],
    metrics: headMetrics,
    examples: [{ question: 'How many series are there?', query: 'max by (service) (tocsin_head_series)' }],
  },
  {
    title: 'The alert-evaluator',
    about: 'Rules and alerts.',
    publishers: ['alert-evaluator'],
    metrics: evaluatorMetrics,
    examples: [
      {
        question: 'How long after an event is it evaluated?',
        query: 'histogram_quantile(0.99, sum by (le) (rate(tocsin_event_lag_seconds_bucket[5m])))',
      },
      {
        question: 'Do rules fail?',
        query: 'sum by (reason) (increase(tocsin_rule_evaluation_failures_total[15m])) > 0',
      },
    ],
  },
  {
    title: 'Dynamic alerts',
    about:
      'What the alert-evaluator makes of spans. The alerts of spans carry the `service` of the span and no `instance`.',
    publishers: ['alert-evaluator'],
    metrics: dynamicAlertMetrics,
    examples: [
      {
        question: 'Which operations are not watched, since their service has too many?',
        query: 'max(tocsin_dynamic_operations{state="over"}) > 0',
      },
      {
        question: 'Do more spans ask for an alert than can be told apart?',
        query: 'sum(increase(tocsin_span_alerts_total{outcome="folded"}[1h])) > 0',
      },
    ],
  },
  {
    title: 'The notifier',
    about: 'What came in, and what was sent.',
    publishers: ['notifier'],
    metrics: notifierMetrics,
    examples: [
      {
        question: 'Which channels fail?',
        query: 'sum by (channel, reason) (increase(tocsin_notifications_total{outcome="failed"}[15m])) > 0',
      },
      {
        question: 'How long from an event to its notification?',
        query:
          'histogram_quantile(0.95, sum by (channel, le) (rate(tocsin_notification_latency_seconds_bucket[1h])))',
      },
    ],
  },
  {
    title: 'Alertmanager as a target',
    about: 'What Alertmanagers are told of alerts (`ALERT_MANAGER_URL`), and what is told without them.',
    publishers: ['notifier'],
    metrics: alertmanagerMetrics,
    examples: [
      { question: 'Which Alertmanager cannot be told?', query: 'tocsin_alertmanager_up == 0' },
      {
        question: 'Are alerts told without Alertmanager, and why?',
        query: 'sum by (reason) (increase(tocsin_alertmanager_direct_total[1h])) > 0',
      },
    ],
  },
  {
    title: 'Health checks',
    about: "Tocsin's own checks, and those that applications publish.",
    publishers: ['health'],
    metrics: healthMetrics,
    examples: [{ question: 'What is not healthy?', query: 'tocsin_health_status < 1' }],
  },
  {
    title: 'Objectives',
    about: 'Service level objectives and their error budgets.',
    publishers: ['sla'],
    metrics: slaMetrics,
    examples: [
      {
        question: 'Which budgets are nearly spent?',
        query: 'tocsin_slo_error_budget_remaining_ratio < 0.1',
      },
      {
        question: 'Which budgets are being spent too fast, for an hour and still?',
        query:
          'tocsin_slo_burn_rate{window="1h"} > 14.4 and ignoring (window) tocsin_slo_burn_rate{window="5m"} > 14.4',
      },
    ],
  },
  {
    title: 'Capacity',
    about: 'Resources that can run out.',
    publishers: ['capacity'],
    metrics: capacityMetrics,
    examples: [
      { question: 'What is nearly used up?', query: 'tocsin_capacity_utilization_ratio > 0.8' },
      {
        question: 'What may be full within a week?',
        query:
          'tocsin_capacity_crossing_timestamp_seconds{percent="100",bound="earliest"} - time() < 7 * 86400',
      },
    ],
  },
  {
    title: 'The host agent',
    about: 'Its own readings of the machine.',
    publishers: ['host-agent'],
    metrics: hostAgentMetrics,
    examples: [
      {
        question: 'Which parts cannot be read?',
        query: 'sum by (instance, part) (increase(tocsin_host_read_failures_total[5m])) > 0',
      },
    ],
  },
]
