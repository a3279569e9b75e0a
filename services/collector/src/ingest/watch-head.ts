import type { Metrics } from '@tocsin/runtime'
import type { Head, HeadStats } from '@tocsin/tsdb'

type Figure = readonly [name: string, help: string, read: (stats: HeadStats) => number]

const LEVELS: readonly Figure[] = [
  ['tocsin_head_series', 'Series in the head.', (s) => s.series],
  ['tocsin_head_metrics', 'Metric names in the head.', (s) => s.metrics],
  ['tocsin_head_samples', 'Samples in the head.', (s) => s.samples],
  ['tocsin_head_bytes', 'Estimated memory of the head.', (s) => s.bytes],
  ['tocsin_head_limit_bytes', 'Memory the head may use (METRICS_MAX_BYTES).', (s) => s.maxBytes],
]
const TOTALS: readonly Figure[] = [
  ['tocsin_head_samples_appended_total', 'Samples stored in order.', (s) => s.appended],
  [
    'tocsin_head_samples_inserted_total',
    'Samples that came late and were put in their place.',
    (s) => s.inserted,
  ],
  ['tocsin_head_samples_expired_total', 'Samples dropped because retention ended.', (s) => s.expired],
  [
    'tocsin_head_samples_evicted_total',
    'Samples dropped before their time to stay within the limit of memory.',
    (s) => s.evicted,
  ],
  ['tocsin_head_series_created_total', 'Series created.', (s) => s.seriesCreated],
  ['tocsin_head_series_dropped_total', 'Series removed because retention ended.', (s) => s.seriesDropped],
]

/** Puts the head's figures among the service's own metrics; the function returned brings them up to date. */
export function watchHead(head: Head, metrics: Metrics): () => void {
  const levels = LEVELS.map(([name, help, read]) => ({ gauge: metrics.gauge(name, help), read }))
  const totals = TOTALS.map(([name, help, read]) => ({ counter: metrics.counter(name, help), read }))
  const overflow = metrics.counter(
    'tocsin_head_series_refused_total',
    'Series refused by a limit, by the metric or source that ran into it.',
    ['reason', 'name'],
  )
  const conflicts = metrics.counter(
    'tocsin_metric_conflicts_total',
    'Times that publishers disagreed about a metric: its type, help, unit or buckets.',
    ['metric', 'field'],
  )
  return () => {
    const stats = head.stats()
    for (const { gauge, read } of levels) gauge.set(read(stats))
    for (const { counter, read } of totals) {
      counter.reset()
      counter.inc(read(stats))
    }
    overflow.reset()
    for (const { reason, name, refusals } of stats.overflow) overflow.inc({ reason, name }, refusals)
    conflicts.reset()
    for (const { metric, field, times } of head.metadata.conflicts()) conflicts.inc({ metric, field }, times)
  }
}
