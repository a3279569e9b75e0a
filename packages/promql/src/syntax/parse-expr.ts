import type { Tree } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { ParseError } from '../errors.ts'
import type { Expr } from './ast.ts'
import { checkTypes } from './check-types.ts'
import { findSyntaxError } from './find-syntax-error.ts'
import { lowerExpr } from './lower.ts'
import { standIn } from './stand-in.ts'
import { firstChild } from './tree.ts'

/** Longer texts would keep the parser, which runs in one go, busy for too long. */
const LONGEST = 32 * 1024

/**
 * Parses and type-checks a PromQL expression.
 * @throws ParseError with Prometheus' message and position (`1:5: parse error: …`)
 * @example parseExpr('sum by (job) (rate(http_requests_total[5m])) > 100')
 */
export function parseExpr(source: string): Expr {
  if (source.length > LONGEST) {
    throw new ParseError(source, { start: 0, end: 0 }, `expression is longer than ${LONGEST} characters`)
  }
  const error = findSyntaxError(source)
  if (error) throw error
  const tree = parser.parse(standIn(source))
  expectNoError(source, tree)
  const expr = lowerExpr({ text: source, repeated: 0 }, firstChild(tree.topNode))
  checkTypes(source, expr)
  return expr
}

/** Whatever the grammar rejects that Prometheus' own would take must not be evaluated half. */
function expectNoError(source: string, tree: Tree): void {
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) throw new ParseError(source, { start: from, end: to }, 'unexpected input')
    },
  })
}
