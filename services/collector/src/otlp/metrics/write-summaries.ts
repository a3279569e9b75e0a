import type { MetricData } from '../model/metric.ts'
import { createdMs, type MetricTarget } from './metric-target.ts'

/** A summary is a series for each quantile, its sum and its count. */
export function* writeSummaries(
  target: MetricTarget,
  { points }: Extract<MetricData, { kind: 'summary' }>,
): Generator<void> {
  const quantiles = target.describe({ type: 'summary' })
  const sums = target.describe({ type: 'summary', suffix: '_sum' })
  const counts = target.describe({ type: 'summary', suffix: '_count' })
  for (const point of points) {
    yield
    const labels = target.gate.labelsOf(point)
    if (labels === undefined) continue
    const { timeMs, ended } = point
    const level = (value: number) => (ended ? 'stale' : value)
    for (const { quantile, value } of point.quantiles)
      target.writer.series(quantiles, { ...labels, quantile: String(quantile) }).sample(level(value), timeMs)
    const created = ended ? undefined : createdMs(point)
    for (const [metric, value] of [
      [sums, point.sum],
      [counts, point.count],
    ] as const) {
      const series = target.writer.series(metric, labels)
      if (created !== undefined) series.created(created)
      series.sample(level(value), timeMs)
    }
    target.took(timeMs)
  }
}
