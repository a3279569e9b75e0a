import type { Expr } from './ast.ts'
import { formatAggregation, formatExpr, formatOperator, formatSubqueryRange } from './format-expr.ts'

const LONGEST_LINE = 100

/** An expression over several lines where one would be longer than 100 characters, as Prometheus' format_query. */
export function prettifyExpr(expr: Expr, level = 0): string {
  const indent = '  '.repeat(level)
  const line = formatExpr(expr)
  if (line.length <= LONGEST_LINE) return expr.kind === 'subquery' ? line : indent + line
  const below = (inner: Expr): string => prettifyExpr(inner, level + 1)
  switch (expr.kind) {
    case 'aggregate': {
      const args = [expr.param, expr.expr].flatMap((arg) => (arg ? [below(arg)] : []))
      return `${indent}${formatAggregation(expr)}(\n${args.join(',\n')}\n${indent})`
    }
    case 'binary':
      return `${below(expr.lhs)}\n${indent}${formatOperator(expr)}\n${below(expr.rhs)}`
    case 'call':
      return `${indent}${expr.func}(\n${expr.args.map(below).join(',\n')}\n${indent})`
    case 'paren':
      return `${indent}(\n${below(expr.expr)}\n${indent})`
    case 'subquery':
      return prettifyExpr(expr.expr, level) + formatSubqueryRange(expr)
    case 'unary':
      return indent + expr.op + prettifyExpr(expr.expr, level).trim()
    default:
      return indent + line
  }
}
