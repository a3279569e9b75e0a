import {
  type CompiledExpr,
  compile,
  formatExpr,
  ParseError,
  type Queryable,
  QueryError,
  type SelectorInfo,
  typeOf,
} from '@tocsin/promql'
import type { Sample } from '@tocsin/templates'

/** A rule's expression, ready to be evaluated again and again. */
export interface Compiled {
  /** As Prometheus writes it. */
  readonly text: string
  readonly selectors: readonly SelectorInfo[]
  /** What `createLiveRules` of promql takes. */
  readonly compiled: CompiledExpr
  /** The result as a vector; a scalar is one sample without labels. @throws QueryError */
  evaluate(queryable: Queryable, timeMs: number): readonly Sample[]
}

// A rule runs in one go between two events: what would hold them up for longer fails, and says so.
const RULE_TIMEOUT_MS = 2000

/** @throws ParseError with Prometheus' message and position, also for a result that no rule can have */
export function compileExpression(source: string): Compiled {
  const text = source.trim()
  const compiled = compile(text, { timeoutMs: RULE_TIMEOUT_MS })
  const type = typeOf(compiled.expr)
  if (type !== 'vector' && type !== 'scalar')
    throw new ParseError(
      text,
      { start: 0, end: text.length },
      `a rule gives a vector or a scalar, not a ${type}`,
    )
  return {
    text: formatExpr(compiled.expr),
    selectors: compiled.selectors,
    compiled,
    evaluate(queryable, timeMs) {
      const result = compiled.evaluate(queryable, timeMs)
      if (result.type === 'vector') return result.value
      if (result.type === 'scalar') return [{ labels: {}, value: result.value }]
      throw new QueryError('execution', `rule result is a ${result.type}, not a vector or scalar`)
    },
  }
}
