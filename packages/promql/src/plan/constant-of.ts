import { arithmetic, comparison } from '../functions/arithmetic.ts'
import { type Expr, isComparison, isSetOp } from '../syntax/ast.ts'

/** The value of an expression that has the same one at all times: numbers and what is computed of them. */
export function constantOf(expr: Expr): number | undefined {
  switch (expr.kind) {
    case 'number':
      return expr.value
    case 'paren':
      return constantOf(expr.expr)
    case 'unary': {
      const value = constantOf(expr.expr)
      return value === undefined || expr.op === '+' ? value : -value
    }
    case 'binary': {
      const [left, right] = [constantOf(expr.lhs), constantOf(expr.rhs)]
      if (left === undefined || right === undefined || isSetOp(expr.op)) return undefined
      return isComparison(expr.op)
        ? Number(comparison(expr.op)(left, right))
        : arithmetic(expr.op)(left, right)
    }
    default:
      return undefined
  }
}
