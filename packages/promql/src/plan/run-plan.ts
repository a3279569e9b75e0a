import { createAnnotations } from '../eval/annotations.ts'
import { dropMetricName, labelsKey, NO_LABELS } from '../eval/labels.ts'
import { createCharge } from '../eval/query.ts'
import type { QueryResult, VectorSample } from '../eval/run-query.ts'
import type { Labels, Queryable } from '../storage.ts'
import { BeyondPlan, type PlanNode } from './plan-node.ts'

export interface PlanOptions {
  readonly source: string
  readonly lookbackMs: number
  readonly maxSamples: number
}

/** Evaluates a plan at a time. @throws BeyondPlan, QueryError */
export type RunPlan = (queryable: Queryable, timeMs: number) => QueryResult

const NO_REMARKS: readonly string[] = []
const NO_SAMPLES: readonly VectorSample[] = []

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

  return (queryable, timeMs) => {
    let remarks: ReturnType<typeof createAnnotations> | undefined
    const moment = {
      queryable,
      timeMs,
      lookbackMs,
      charge: createCharge(maxSamples),
      // Most evaluations have nothing to remark.
      get annotations() {
        remarks ??= createAnnotations(source)
        return remarks
      },
    }
    const { labels, values, present } = plan.run(moment)
    if (labels !== seen) settle(labels)
    let value: VectorSample[] | undefined
    for (let row = 0; row < labels.length; row++) {
      if (present[row] !== 1) continue
      value ??= []
      value.push({ labels: settled[row] ?? NO_LABELS, value: values[row] ?? Number.NaN })
    }
    const { warnings, infos } = remarks?.list() ?? { warnings: NO_REMARKS, infos: NO_REMARKS }
    return { type: 'vector', timeMs, value: value ?? NO_SAMPLES, warnings, infos }
  }
}
