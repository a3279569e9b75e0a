import type { MetricDefinitions } from './metric-definition.ts'

/** What the SDK says about itself, with every full snapshot. */
export const sdkMetrics = {
  sdkServiceInfo: {
    name: 'tocsin_sdk_service_info',
    type: 'gauge',
    labels: ['version', 'environment'],
    help: 'Always 1: which version of the application runs, and where.',
  },
  sdkBatchesTotal: {
    name: 'tocsin_sdk_batches_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Batches of samples sent to NATS; outcome is stored or failed.',
  },
  sdkConnectionsTotal: {
    name: 'tocsin_sdk_connections_total',
    type: 'counter',
    labels: [],
    help: 'Connections to NATS that were made, the first included.',
  },
  sdkRefusedSeriesTotal: {
    name: 'tocsin_sdk_refused_series_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Series that were refused; reason is invalid_metric, invalid_label or too_many_series, which counts each time one is asked for.',
  },
  sdkSpanEventsTotal: {
    name: 'tocsin_sdk_span_events_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Spans that failed or carry alert.severity; outcome is stored, failed or dropped.',
  },
} as const satisfies MetricDefinitions
