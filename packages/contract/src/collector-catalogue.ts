import type { MetricDefinitions } from './metric-definition.ts'

/** The head: the series in memory that queries and rules read. */
export const headMetrics = {
  headSeries: { name: 'tocsin_head_series', type: 'gauge', labels: [], help: 'Series in the head.' },
} as const satisfies MetricDefinitions

/** What the collector says of what it takes in, holds and answers. */
export const collectorMetrics = {
  headMetrics: { name: 'tocsin_head_metrics', type: 'gauge', labels: [], help: 'Metric names in the head.' },
  headSamples: { name: 'tocsin_head_samples', type: 'gauge', labels: [], help: 'Samples in the head.' },
  headBytes: {
    name: 'tocsin_head_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Estimated memory of the head.',
  },
  headLimitBytes: {
    name: 'tocsin_head_limit_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Memory the head may use (METRICS_MAX_BYTES).',
  },
  headSamplesAppendedTotal: {
    name: 'tocsin_head_samples_appended_total',
    type: 'counter',
    labels: [],
    help: 'Samples stored in order.',
  },
  headSamplesInsertedTotal: {
    name: 'tocsin_head_samples_inserted_total',
    type: 'counter',
    labels: [],
    help: 'Samples that came late and were put in their place.',
  },
  headSamplesExpiredTotal: {
    name: 'tocsin_head_samples_expired_total',
    type: 'counter',
    labels: [],
    help: 'Samples dropped because retention ended.',
  },
  headSamplesEvictedTotal: {
    name: 'tocsin_head_samples_evicted_total',
    type: 'counter',
    labels: [],
    help: 'Samples dropped before their time to stay within the limit of memory.',
  },
  headSeriesCreatedTotal: {
    name: 'tocsin_head_series_created_total',
    type: 'counter',
    labels: [],
    help: 'Series created.',
  },
  headSeriesDroppedTotal: {
    name: 'tocsin_head_series_dropped_total',
    type: 'counter',
    labels: [],
    help: 'Series removed because retention ended.',
  },
  headSeriesEndedTotal: {
    name: 'tocsin_head_series_ended_total',
    type: 'counter',
    labels: [],
    help: 'Series ended with a staleness marker because they got no sample for too long.',
  },
  headSeriesRefusedTotal: {
    name: 'tocsin_head_series_refused_total',
    type: 'counter',
    labels: ['reason', 'name'],
    help: 'Series refused by a limit, by the metric or source that ran into it.',
  },
  metricConflictsTotal: {
    name: 'tocsin_metric_conflicts_total',
    type: 'counter',
    labels: ['metric', 'field'],
    help: 'Times that publishers disagreed about a metric: its type, help, unit or buckets.',
  },
  metricEventsAcceptedTotal: {
    name: 'tocsin_metric_events_accepted_total',
    type: 'counter',
    labels: [],
    help: 'Metric events, and samples of batches, whose effect is in the head.',
  },
  metricEventsDuplicateTotal: {
    name: 'tocsin_metric_events_duplicate_total',
    type: 'counter',
    labels: [],
    help: 'Metric events whose id was seen before; they count once.',
  },
  metricEventsUndescribedTotal: {
    name: 'tocsin_metric_events_undescribed_total',
    type: 'counter',
    labels: [],
    help: 'Samples of batches whose description was stored before the stream begins; there again within 30 s.',
  },
  metricEventsRefusedTotal: {
    name: 'tocsin_metric_events_refused_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Metric events, and samples of batches, that were refused; dead letters keep them, of floods the first.',
  },
  scrapeDurationSeconds: {
    name: 'tocsin_scrape_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['format'],
    help: 'From a scrape to its answer written.',
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  queriesRunning: {
    name: 'tocsin_queries_running',
    type: 'gauge',
    labels: [],
    help: 'Queries that are being evaluated.',
  },
  queryDurationSeconds: {
    name: 'tocsin_query_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['kind', 'outcome'],
    help: 'Time a query takes to evaluate, by how it ended.',
    buckets: [0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 120],
  },
} as const satisfies MetricDefinitions
