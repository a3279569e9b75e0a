import { type MetricDefinitions, REQUEST_BUCKETS } from './metric-definition.ts'

const SPAN_LABELS = ['service_name', 'span_name', 'span_kind', 'status_code'] as const

/**
 * What the collector makes of every span. Names, labels and buckets are those of the OpenTelemetry collector's
 * spanmetrics connector, so that dashboards written for it hold: also where they break Prometheus' naming rules.
 */
export const spanMetrics = {
  spanCallsTotal: {
    name: 'traces_span_metrics_calls_total',
    type: 'counter',
    labels: SPAN_LABELS,
    help: 'Spans, by name, kind (SPAN_KIND_SERVER) and status (STATUS_CODE_ERROR).',
  },
  spanDurationMilliseconds: {
    name: 'traces_span_metrics_duration_milliseconds',
    type: 'histogram',
    labels: SPAN_LABELS,
    help: 'How long spans took, in milliseconds.',
    buckets: [2, 4, 6, 8, 10, 50, 100, 200, 400, 800, 1000, 1400, 2000, 5000, 10_000, 15_000],
  },
} as const satisfies MetricDefinitions

/** What the collector makes of spans of messages, as OpenTelemetry's conventions describe them. */
export const messagingMetrics = {
  messagingMessagesTotal: {
    name: 'messaging_messages_total',
    type: 'counter',
    labels: ['system', 'destination', 'operation', 'status'],
    help: 'Messages sent, received or processed, by what was done with them; status is success or error.',
  },
  messagingOperationDurationSeconds: {
    name: 'messaging_operation_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['system', 'destination', 'operation'],
    help: 'How long it took to send, receive or process messages.',
    buckets: REQUEST_BUCKETS,
  },
} as const satisfies MetricDefinitions
