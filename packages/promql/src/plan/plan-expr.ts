import { type AggregateExpr, type BinaryExpr, children, type Expr } from '../syntax/ast.ts'
import { constantOf } from './constant-of.ts'
import { planAggregate } from './plan-aggregate.ts'
import { planFilter, planOneToOne, planWithNumber } from './plan-binary.ts'
import type { PlanNode } from './plan-node.ts'
import { planRangeCall, planSelector } from './plan-selector.ts'

/** The largest parts of an expression that a plan does; the evaluator takes their results and does the rest. */
export type Plans = ReadonlyMap<Expr, PlanNode>

/** Plans what can be planned of an expression that is evaluated at one time, again and again. */
export function planParts(expr: Expr, lookbackMs: number): Plans {
  const plans = new Map<Expr, PlanNode>()
  function visit(node: Expr): void {
    // Below a subquery there are many times at once.
    if (node.kind === 'subquery' || node.kind === 'matrix-selector') return
    const planned = planExpr(node, lookbackMs)
    if (planned) plans.set(node, planned)
    else for (const child of children(node)) visit(child)
  }
  visit(expr)
  return plans
}

function planExpr(expr: Expr, lookbackMs: number): PlanNode | undefined {
  switch (expr.kind) {
    case 'paren':
      return planExpr(expr.expr, lookbackMs)
    case 'vector-selector':
      return planSelector(expr, lookbackMs)
    case 'call':
      return planRangeCall(expr)
    case 'aggregate':
      return planFold(expr, lookbackMs)
    case 'binary':
      return planBinary(expr, lookbackMs)
    default:
      return undefined
  }
}

function planFold(expr: AggregateExpr, lookbackMs: number): PlanNode | undefined {
  const { op } = expr
  switch (op) {
    case 'topk':
    case 'bottomk':
    case 'limitk':
    case 'limit_ratio':
    case 'quantile':
    case 'count_values':
      return undefined
    default: {
      const input = planExpr(expr.expr, lookbackMs)
      return input && planAggregate(expr, op, input)
    }
  }
}

function planBinary(expr: BinaryExpr, lookbackMs: number): PlanNode | undefined {
  const [left, right] = [constantOf(expr.lhs), constantOf(expr.rhs)]
  if (left !== undefined && right !== undefined) return undefined
  const lhs = left === undefined ? planExpr(expr.lhs, lookbackMs) : undefined
  const rhs = right === undefined ? planExpr(expr.rhs, lookbackMs) : undefined
  if (lhs && right !== undefined) return planWithNumber(expr, lhs, right, false)
  if (rhs && left !== undefined) return planWithNumber(expr, rhs, left, true)
  if (!lhs || !rhs || expr.op === 'or') return undefined
  if (expr.op === 'and' || expr.op === 'unless') return planFilter(expr, lhs, rhs)
  return planOneToOne(expr, lhs, rhs)
}
