import { type Expr, typeOf } from '@tocsin/promql'

type Binary = Extract<Expr, { kind: 'binary' }>

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<='])

/**
 * What an alert's expression reads before its comparisons filter it: a label set is in the result as long as there is
 * data for it, whether or not the condition holds.
 */
export function dataOf(expr: Expr): Expr {
  if (expr.kind === 'paren') return { ...expr, expr: dataOf(expr.expr) }
  if (expr.kind !== 'binary') return expr
  if (expr.op === 'and' || expr.op === 'or') return { ...expr, lhs: dataOf(expr.lhs), rhs: dataOf(expr.rhs) }
  if (expr.op === 'unless') return dataOf(expr.lhs)
  return COMPARISONS.has(expr.op) && !expr.returnBool ? dataOfComparison(expr) : expr
}

/** With `bool` a comparison of vectors keeps each pair, under the labels that the filter would give it. */
function dataOfComparison(expr: Binary): Expr {
  const { lhs, rhs } = expr
  if (typeOf(rhs) === 'scalar') return dataOf(lhs)
  if (typeOf(lhs) === 'scalar') return dataOf(rhs)
  return { ...expr, lhs: dataOf(lhs), rhs: dataOf(rhs), returnBool: true }
}

/** Whether data can go away from it at all: it reads series, and does not ask for their absence. */
export function canLackData(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return false
    case 'vector-selector':
    case 'matrix-selector':
      return true
    case 'aggregate':
    case 'paren':
    case 'unary':
    case 'subquery':
      return canLackData(expr.expr)
    case 'binary':
      return canLackData(expr.lhs) || canLackData(expr.rhs)
    case 'call':
      return !expr.func.startsWith('absent') && expr.args.some(canLackData)
  }
}
