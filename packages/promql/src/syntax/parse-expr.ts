import { parser } from '@prometheus-io/lezer-promql'
import { ParseError } from '../errors.ts'
import type { Expr } from './ast.ts'
import { checkTypes } from './check-types.ts'
import { findSyntaxError } from './describe-error.ts'
import { lowerExpr } from './lower.ts'
import { standIn } from './stand-in.ts'
import { firstChild } from './tree.ts'

/** Longer texts would keep the parser, which runs in one go, busy for too long. */
const LONGEST = 64 * 1024

/**
 * Parses and type-checks a PromQL expression.
 * @throws ParseError with Prometheus' message and position (`1:5: parse error: …`)
 * @example parseExpr('sum by (job) (rate(http_requests_total[5m])) > 100')
 */
export function parseExpr(source: string): Expr {
  if (source.length > LONGEST) {
    throw new ParseError(source, { start: 0, end: 0 }, `expression is longer than ${LONGEST} characters`)
  }
  const tree = parser.parse(standIn(source))
  const error = findSyntaxError(source, tree)
  if (error) throw error
  const expr = lowerExpr({ text: source, depth: 0 }, firstChild(tree.topNode))
  checkTypes(source, expr)
  return expr
}
