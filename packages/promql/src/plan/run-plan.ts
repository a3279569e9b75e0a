import { type Annotations, createAnnotations } from '../eval/annotations.ts'
import { dropMetricName, labelsKey, NO_LABELS } from '../eval/labels.ts'
import { tooManySamples } from '../eval/query.ts'
import type { QueryResult, VectorSample } from '../eval/run-query.ts'
import type { Labels, Queryable } from '../storage.ts'
import { BeyondPlan, type PlanMoment, type PlanNode } from './plan-node.ts'

export interface PlanOptions {
  readonly source: string
  readonly lookbackMs: number
  readonly maxSamples: number
}

/** Evaluates a plan at a time. @throws BeyondPlan, QueryError */
export type RunPlan = (queryable: Queryable, timeMs: number) => QueryResult

const NO_REMARKS: readonly string[] = []
const NO_SAMPLES: readonly VectorSample[] = []
const NOWHERE: Queryable = { select: () => [] }

/** Makes a whole expression of a plan: its result is what the evaluator's would be. */
export function createPlanRunner(plan: PlanNode, { source, lookbackMs, maxSamples }: PlanOptions): RunPlan {
  let seen: readonly Labels[] | undefined
  let settled: readonly Labels[] = []

  /** The labels without the metric names that are due to go. */
  function settle(labels: readonly Labels[]): void {
    settled = plan.dropsName ? labels.map(dropMetricName) : labels
    if (plan.dropsName && new Set(settled.map(labelsKey)).size < labels.length) throw new BeyondPlan()
    seen = labels
  }

  let remarks: Annotations | undefined
  let charged = 0
  // One for all evaluations: they are many, and most have nothing to remark.
  const moment: { -readonly [K in keyof PlanMoment]: PlanMoment[K] } = {
    queryable: NOWHERE,
    timeMs: 0,
    lookbackMs,
    inform(text, at) {
      remarks ??= createAnnotations(source)
      remarks.inform(text, at)
    },
    charge(samples) {
      charged += samples
      if (charged > maxSamples) throw tooManySamples()
    },
  }

  const takeRemarks = () => remarks?.list() ?? { warnings: NO_REMARKS, infos: NO_REMARKS }

  return (queryable, timeMs) => {
    remarks = undefined
    charged = 0
    moment.queryable = queryable
    moment.timeMs = timeMs
    const { labels, values, present } = plan.run(moment)
    if (labels !== seen) settle(labels)
    let value: VectorSample[] | undefined
    for (let row = 0; row < labels.length; row++) {
      if (present[row] !== 1) continue
      value ??= []
      value.push({ labels: settled[row] ?? NO_LABELS, value: values[row] ?? Number.NaN })
    }
    const { warnings, infos } = takeRemarks()
    return { type: 'vector', timeMs, value: value ?? NO_SAMPLES, warnings, infos }
  }
}
