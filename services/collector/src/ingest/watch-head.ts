import { collectorMetrics, headMetrics, type MetricDefinition } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'
import type { Head, HeadStats } from '@tocsin/tsdb'

type Figure<Kind extends 'counter' | 'gauge'> = readonly [
  definition: MetricDefinition<Kind>,
  read: (stats: HeadStats) => number,
]

const LEVELS: readonly Figure<'gauge'>[] = [
  [headMetrics.headSeries, (s) => s.series],
  [collectorMetrics.headMetrics, (s) => s.metrics],
  [collectorMetrics.headSamples, (s) => s.samples],
  [collectorMetrics.headBytes, (s) => s.bytes],
  [collectorMetrics.headLimitBytes, (s) => s.maxBytes],
]
const TOTALS: readonly Figure<'counter'>[] = [
  [collectorMetrics.headSamplesAppendedTotal, (s) => s.appended],
  [collectorMetrics.headSamplesInsertedTotal, (s) => s.inserted],
  [collectorMetrics.headSamplesExpiredTotal, (s) => s.expired],
  [collectorMetrics.headSamplesEvictedTotal, (s) => s.evicted],
  [collectorMetrics.headSeriesCreatedTotal, (s) => s.seriesCreated],
  [collectorMetrics.headSeriesDroppedTotal, (s) => s.seriesDropped],
]

/** Puts the head's figures among the service's own metrics; they are looked up when somebody reads them. */
export function watchHead(head: Head, metrics: Metrics): void {
  const levels = LEVELS.map(([definition, read]) => ({ gauge: metrics.gauge(definition), read }))
  const totals = TOTALS.map(([definition, read]) => ({ counter: metrics.counter(definition), read }))
  const overflow = metrics.counter(collectorMetrics.headSeriesRefusedTotal)
  const conflicts = metrics.counter(collectorMetrics.metricConflictsTotal)
  metrics.beforeRead(() => {
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
  })
}
