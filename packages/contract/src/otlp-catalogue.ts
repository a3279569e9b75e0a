import type { MetricDefinitions } from './metric-definition.ts'

/** What the collector says of OTLP: what OpenTelemetry's SDKs and collectors send to it. */
export const otlpMetrics = {
  otlpRequestsTotal: {
    name: 'tocsin_otlp_requests_total',
    type: 'counter',
    labels: ['signal', 'outcome'],
    help: 'Requests of OTLP by what became of them: stored, partial, refused, repeated, or why not.',
  },
  otlpRequestDurationSeconds: {
    name: 'tocsin_otlp_request_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['signal'],
    help: 'From a request of OTLP to its answer, JetStream included.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  otlpReceivedBytesTotal: {
    name: 'tocsin_otlp_received_bytes_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['signal'],
    help: 'Bodies of OTLP, compressed as they came.',
  },
  otlpInHandBytes: {
    name: 'tocsin_otlp_in_hand_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Bodies of OTLP that are not answered yet.',
  },
  otlpPointsTotal: {
    name: 'tocsin_otlp_points_total',
    type: 'counter',
    labels: ['outcome', 'reason'],
    help: 'Data points of OTLP, accepted or refused for a reason.',
  },
  otlpSpansTotal: {
    name: 'tocsin_otlp_spans_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Spans of OTLP: counted, or counted_by_sdk when their application has done so.',
  },
  otlpNameCollisionsTotal: {
    name: 'tocsin_otlp_name_collisions_total',
    type: 'counter',
    labels: [],
    help: 'Pairs of OpenTelemetry metrics that have one name in Prometheus; the log names them.',
  },
  spanMetricsSeries: {
    name: 'tocsin_span_metrics_series',
    type: 'gauge',
    labels: [],
    help: 'Label sets that spans are counted under, of all services.',
  },
  spanMetricsOverflowTotal: {
    name: 'tocsin_span_metrics_overflow_total',
    type: 'counter',
    labels: ['source', 'metric'],
    help: 'Spans counted without their labels, since their service (the source) has too many label sets (SPAN_METRICS_MAX_SERIES).',
  },
  spanEventsTotal: {
    name: 'tocsin_span_metrics_events_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Spans that failed or carry alert.severity: published, over_limit (SPAN_EVENTS_PER_SECOND) or invalid.',
  },
} as const satisfies MetricDefinitions
