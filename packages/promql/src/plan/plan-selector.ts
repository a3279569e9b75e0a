import { labelValue, METRIC_NAME } from '../eval/labels.ts'
import { firstAfter, withoutStale } from '../eval/series-slice.ts'
import { isSuspectCounter, keepsName, RANGE_FUNCTIONS, suspicionOf } from '../functions/range-functions.ts'
import type { Window } from '../functions/window.ts'
import { isStaleAt, type Labels } from '../storage.ts'
import { type CallExpr, unwrapParens, type VectorSelector } from '../syntax/ast.ts'
import { constantOf } from './constant-of.ts'
import { planLeaf } from './plan-leaf.ts'
import type { PlanNode } from './plan-node.ts'

/** A selector: the newest sample of each series within the lookback. Undefined for what a plan does not do. */
export function planSelector(selector: VectorSelector, lookbackMs: number): PlanNode | undefined {
  const { matchers, offsetMs, at } = selector
  if (at !== undefined) return undefined
  return planLeaf({
    matchers,
    fromMs: offsetMs + lookbackMs - 1,
    untilMs: offsetMs,
    dropsName: false,
    read({ timestamps, values, from, to }, { timeMs }) {
      const time = timeMs - offsetMs
      let last = to - 1
      while (last >= from && (timestamps[last] ?? 0) > time) last--
      if (last < from || (timestamps[last] ?? 0) <= time - lookbackMs || isStaleAt(values, last))
        return undefined
      return values[last]
    },
  })
}

/** A range function over a selector. Undefined for what a plan does not do. */
export function planRangeCall(expr: CallExpr): PlanNode | undefined {
  const apply = RANGE_FUNCTIONS[expr.func]
  if (!apply || expr.func === 'absent_over_time') return undefined
  const params: number[] = []
  let range: ReturnType<typeof unwrapParens> | undefined
  for (const arg of expr.args) {
    const constant = constantOf(arg)
    if (constant !== undefined) params.push(constant)
    else if (range) return undefined
    else range = unwrapParens(arg)
  }
  // A quantile out of bounds is remarked on.
  if (range?.kind !== 'matrix-selector' || expr.func === 'quantile_over_time') return undefined
  const { selector, rangeMs } = range
  if (selector.at !== undefined) return undefined
  const window: Window = {
    timestamps: new Float64Array(),
    values: new Float64Array(),
    from: 0,
    to: 0,
    rises: false,
    endMs: 0,
    rangeMs,
    timeMs: 0,
    params,
  }
  let suspects: readonly { readonly row: number; readonly name: string }[] = []
  return planLeaf({
    matchers: selector.matchers,
    fromMs: selector.offsetMs + rangeMs - 1,
    untilMs: selector.offsetMs,
    dropsName: !keepsName(expr.func),
    read(raw, { timeMs }) {
      const { timestamps, values, from, to, rises } = withoutStale(raw)
      const endMs = timeMs - selector.offsetMs
      window.from = firstAfter(timestamps, endMs - rangeMs, from, to)
      // Most often nothing is newer than the evaluation.
      window.to = (timestamps[to - 1] ?? 0) <= endMs ? to : firstAfter(timestamps, endMs, window.from, to)
      if (window.from === window.to) return undefined
      window.timestamps = timestamps
      window.values = values
      window.rises = rises
      window.endMs = endMs
      window.timeMs = timeMs
      return apply(window)
    },
    onRows(labels) {
      suspects = labels.flatMap((one: Labels, row) => {
        const name = labelValue(one, METRIC_NAME)
        return isSuspectCounter(expr.func, name) ? [{ row, name }] : []
      })
    },
    onRead({ present }, moment) {
      for (const { row, name } of suspects)
        if (present[row] === 1) moment.inform(suspicionOf(name), expr.args[0] ?? expr)
    },
  })
}
