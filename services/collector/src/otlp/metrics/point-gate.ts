import type { Labels } from '@tocsin/contract'
import { describeTime, type TimeWindow } from '../../remote-write/time-window.ts'
import type { PointHead } from '../model/metric.ts'
import { labelsOfPoint, type SharedLabels } from './point-labels.ts'
import type { PointReason, Refusals } from './refusals.ts'

/** Lets the points of one metric pass that can be taken. */
export interface PointGate {
  /** The labels of a point that is taken; undefined when it is refused, as was noted. */
  labelsOf(point: PointHead): Labels | undefined
  refuse(reason: PointReason, detail: string, count?: number): void
}

export interface PointGateOptions {
  readonly metric: string
  readonly shared: SharedLabels
  readonly window: TimeWindow
  /** A label that the metric's own series have. */
  readonly reserved: 'le' | 'quantile' | undefined
  readonly refusals: Refusals<PointReason>
}

export function createPointGate(of: PointGateOptions): PointGate {
  const { metric, shared, window, reserved, refusals } = of
  const refuse = (reason: PointReason, detail: string, count?: number) =>
    refusals.add(reason, `metric ${metric}: ${detail}`, count)

  return {
    refuse,
    labelsOf(point) {
      if (point.timeMs < window.leastMs || point.timeMs > window.mostMs) {
        const reason = point.timeMs < window.leastMs ? 'too_old' : 'too_far_in_future'
        refuse(reason, describeTime(point.timeMs, window))
        return undefined
      }
      const labels = labelsOfPoint(shared, point.attributes)
      if (typeof labels === 'string') {
        refuse('invalid_label', labels)
        return undefined
      }
      if (reserved !== undefined && reserved in labels) {
        refuse('reserved_label', `the label ${reserved} belongs to its own series: rename the attribute`)
        return undefined
      }
      return labels
    },
  }
}
