import type { Position } from '../errors.ts'
import type { Labels, Queryable } from '../storage.ts'

/**
 * An instant vector by rows. The list of labels stays the same object as long as the rows are the same, so that what was
 * derived from it (groups, matches, labels of results) still holds; rows without a value are not `present`.
 */
export interface Rows {
  labels: readonly Labels[]
  values: Float64Array
  present: Uint8Array
}

/** One evaluation of a plan. */
export interface PlanMoment {
  readonly queryable: Queryable
  readonly timeMs: number
  readonly lookbackMs: number
  /** Remarks on something of the expression. */
  inform(text: string, at: Position): void
  /** Counts samples read. @throws QueryError beyond the limit */
  charge(samples: number): void
}

/** A part of an expression that keeps between evaluations what does not change. */
export interface PlanNode {
  /** Whether the rows' metric names go away at the end of the query. */
  readonly dropsName: boolean
  /** Evaluates. The rows are the node's own: whoever asked may write into them, and they hold until it is asked again. */
  run(moment: PlanMoment): Rows
}

/** What a plan does not do by itself: the evaluator that knows everything must do this evaluation. */
export class BeyondPlan extends Error {
  override readonly name = 'BeyondPlan'
}

export function createRows(labels: readonly Labels[]): Rows {
  return { labels, values: new Float64Array(labels.length), present: new Uint8Array(labels.length) }
}
