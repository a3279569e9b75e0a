import type { BatchMetric } from '@tocsin/contract'
import type { BatchWriter } from '../../intake/batch-writer.ts'
import type { Temporality } from '../model/metric.ts'
import type { PrometheusName } from './metric-name.ts'
import type { PointGate } from './point-gate.ts'

/** Where the points of one metric go. */
export interface MetricTarget {
  readonly source: string
  readonly name: string
  readonly gate: PointGate
  readonly writer: BatchWriter
  /** Of the metric or, with a suffix, of a part of it; the same object for the same words. */
  describe(as: DescribedAs): BatchMetric
  /** Notes that a point was taken. */
  took(timeMs: number): void
}

export interface DescribedAs {
  readonly type: BatchMetric['type']
  readonly suffix?: '_bucket' | '_sum' | '_count'
  readonly delta?: boolean
  readonly buckets?: readonly number[]
}

/** Makes descriptions of one metric, each once. */
export function createDescriber({ name, unit }: PrometheusName, help: string): MetricTarget['describe'] {
  const made: { readonly as: DescribedAs; readonly metric: BatchMetric }[] = []
  return (as) => {
    const known = made.find((one) => isSame(one.as, as))
    if (known) return known.metric
    const { type, suffix, delta, buckets } = as
    const metric: BatchMetric = {
      name: `${name}${suffix ?? ''}`,
      type,
      ...(help === '' ? {} : { help }),
      ...(unit === '' ? {} : { unit }),
      ...(buckets && buckets.length > 0 ? { buckets: [...buckets] } : {}),
      ...(delta ? { temporality: 'delta' } : {}),
    }
    made.push({ as, metric })
    return metric
  }
}

function isSame(a: DescribedAs, b: DescribedAs): boolean {
  if (a.type !== b.type || a.suffix !== b.suffix || a.delta !== b.delta) return false
  const [one, other] = [a.buckets ?? [], b.buckets ?? []]
  return one === other || (one.length === other.length && one.every((bound, i) => bound === other[i]))
}

/** Whether points say what to add; undefined, all of them refused, where that is not said. */
export function isDelta(temporality: Temporality): boolean | undefined {
  return temporality === 'unspecified' ? undefined : temporality === 'delta'
}

/** When a cumulative series began at zero, if the point says so and it is not nonsense. */
export function createdMs(point: { readonly startMs: number; readonly timeMs: number }): number | undefined {
  return point.startMs > 0 && point.startMs <= point.timeMs ? point.startMs : undefined
}
