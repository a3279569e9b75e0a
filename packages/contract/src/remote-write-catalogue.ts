import type { MetricDefinitions } from './metric-definition.ts'

/** What the collector says of remote write: what Prometheus, or who speaks like it, sends to it. */
export const remoteWriteMetrics = {
  remoteWriteRequestsTotal: {
    name: 'tocsin_remote_write_requests_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Requests of remote write by what became of them: stored, partial, refused, repeated, or why not.',
  },
  remoteWriteSamplesTotal: {
    name: 'tocsin_remote_write_samples_total',
    type: 'counter',
    labels: [],
    help: 'Samples that came by remote write and are stored.',
  },
  remoteWriteHistogramsTotal: {
    name: 'tocsin_remote_write_histograms_total',
    type: 'counter',
    labels: [],
    help: 'Native histograms that came by remote write and are stored as classic ones.',
  },
  remoteWriteExemplarsTotal: {
    name: 'tocsin_remote_write_exemplars_total',
    type: 'counter',
    labels: [],
    help: 'Exemplars that came by remote write and are stored.',
  },
  remoteWriteRefusedTotal: {
    name: 'tocsin_remote_write_refused_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Samples, histograms and exemplars of remote write that were refused; the answer named the first.',
  },
  remoteWriteReceivedBytesTotal: {
    name: 'tocsin_remote_write_received_bytes_total',
    type: 'counter',
    unit: 'bytes',
    labels: [],
    help: 'Bodies of remote write as they came, compressed.',
  },
  remoteWriteDurationSeconds: {
    name: 'tocsin_remote_write_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: [],
    help: 'From a request of remote write to its answer, which waits until everything is stored.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  remoteWriteKnownSeries: {
    name: 'tocsin_remote_write_known_series',
    type: 'gauge',
    labels: [],
    help: 'Series of remote write whose labels are remembered, so that they need not be decoded.',
  },
} as const satisfies MetricDefinitions
