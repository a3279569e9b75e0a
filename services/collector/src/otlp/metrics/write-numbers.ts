import type { MetricData, NumberPoint } from '../model/metric.ts'
import { createdMs, isDelta, type MetricTarget } from './metric-target.ts'
import { writeExemplars } from './write-exemplars.ts'

/** A gauge is a gauge. */
export function* writeGauge(
  target: MetricTarget,
  { points }: Extract<MetricData, { kind: 'gauge' }>,
): Generator<void> {
  const metric = target.describe({ type: 'gauge' })
  for (const point of points) {
    yield
    const labels = target.gate.labelsOf(point)
    const value = labels && levelOf(target, point)
    if (labels === undefined || value === undefined) continue
    target.writer.series(metric, labels).sample(value, point.timeMs)
    target.took(point.timeMs)
  }
}

/**
 * A sum is a counter when it only rises, else a gauge. Deltas are added up by the readers of the stream, also those of
 * a gauge, which then says how much came together since its first.
 */
export function* writeSum(
  target: MetricTarget,
  { points, temporality, monotonic }: Extract<MetricData, { kind: 'sum' }>,
): Generator<void> {
  const delta = isDelta(temporality)
  const metric = target.describe({ type: monotonic ? 'counter' : 'gauge', delta: delta === true })
  for (const point of points) {
    yield
    if (delta === undefined) {
      target.gate.refuse('no_temporality', 'a sum is either cumulative or delta: say which')
      continue
    }
    const labels = target.gate.labelsOf(point)
    const value = labels && (delta ? deltaOf(target, point, monotonic) : levelOf(target, point))
    if (labels === undefined || value === undefined) continue
    const series = target.writer.series(metric, labels)
    const created = delta || !monotonic ? undefined : createdMs(point)
    if (created !== undefined && value !== 'stale') series.created(created)
    series.sample(value, point.timeMs)
    if (monotonic) writeExemplars(series, point.exemplars, point.timeMs)
    target.took(point.timeMs)
  }
}

function levelOf({ gate }: MetricTarget, { ended, value }: NumberPoint): number | 'stale' | undefined {
  if (ended) return 'stale'
  if (value === undefined) gate.refuse('no_value', 'a data point has neither asDouble nor asInt')
  return value
}

/** What cannot be added is refused: one NaN would stay in the sum for ever. */
function deltaOf(target: MetricTarget, point: NumberPoint, monotonic: boolean): number | 'stale' | undefined {
  const value = levelOf(target, point)
  if (value === undefined || value === 'stale') return value
  if (Number.isFinite(value) && !(monotonic && value < 0)) return value
  target.gate.refuse('invalid_value', `${value} cannot be added to ${monotonic ? 'a counter' : 'a sum'}`)
  return undefined
}
