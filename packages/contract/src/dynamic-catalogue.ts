import type { MetricDefinitions } from './metric-definition.ts'

/** What the alert-evaluator says of its dynamic alerts. */
export const dynamicAlertMetrics = {
  spanAlertTimestampSeconds: {
    name: 'traces_span_alert_timestamp_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['span_name', 'span_kind', 'severity', 'alert', 'trace_id', 'span_id', 'message'],
    help: 'When a span with `alert.severity` began, since 1970. It has samples as long as such spans come.',
  },
  dynamicOperations: {
    name: 'tocsin_dynamic_operations',
    type: 'gauge',
    labels: ['state'],
    help: 'Operations seen in traces, by whether they have rules (watched), are switched off (off), or are beyond the limit (over).',
  },
  dynamicBaselines: {
    name: 'tocsin_dynamic_baselines',
    type: 'gauge',
    labels: ['signal'],
    help: 'Operations whose threshold is learnt, of errors and of latency.',
  },
  spanAlertsTotal: {
    name: 'tocsin_span_alerts_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Spans that ask for an alert, by what became of them.',
  },
} as const satisfies MetricDefinitions
