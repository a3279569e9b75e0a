import type { Labels } from '@tocsin/contract'
import { compile, type Expr, formatExpr, type Queryable, QueryError, typeOf } from '@tocsin/promql'
import { labelsKey } from '../evaluation/labels-key.ts'

/** What a condition compares, over time, for one set of labels; or its limit, which has none. */
export interface ObservedLine {
  readonly name: string
  readonly labels: Labels
  readonly isLimit: boolean
  readonly points: readonly (readonly [timeMs: number, value: number])[]
}

/** Looks at what a condition compares, also while the condition does not hold. */
export interface Observer {
  look(timeMs: number): void
  lines(): readonly ObservedLine[]
}

const COMPARISONS: readonly string[] = ['>', '<', '>=', '<=', '==', '!=']

/** Takes what a condition compares out of it: of `rate(x[1m]) > 5 and y`, the rate, and 5 as its limit. */
export function observeExpression(expr: Expr, queryable: Queryable): Observer {
  const { watched, limit } = takeApart(expr)
  const name = formatExpr(watched)
  const parts = [
    { name, isLimit: false, compiled: compile(watched) },
    ...(limit ? [{ name: formatExpr(limit), isLimit: true, compiled: compile(limit) }] : []),
  ]
  const lines = new Map<string, Omit<ObservedLine, 'points'> & { readonly points: [number, number][] }>()

  return {
    look(timeMs) {
      for (const { compiled, ...part } of parts) {
        for (const { labels, value } of samplesOf(compiled.evaluate, queryable, timeMs)) {
          const key = `${part.isLimit} ${labelsKey(labels)}`
          const line = lines.get(key) ?? { ...part, labels, points: [] }
          lines.set(key, line)
          line.points.push([timeMs, value])
        }
      }
    },
    lines: () => [...lines.values()],
  }
}

type Evaluate = ReturnType<typeof compile>['evaluate']

/** Nothing where the expression fails: the rule's own failure is told already. */
function samplesOf(evaluate: Evaluate, queryable: Queryable, timeMs: number) {
  try {
    const result = evaluate(queryable, timeMs)
    if (result.type === 'vector') return result.value
    return result.type === 'scalar' ? [{ labels: {}, value: result.value }] : []
  } catch (error) {
    if (error instanceof QueryError) return []
    throw error
  }
}

function takeApart(expr: Expr): { readonly watched: Expr; readonly limit: Expr | undefined } {
  if (expr.kind === 'paren') return takeApart(expr.expr)
  if (expr.kind !== 'binary') return { watched: expr, limit: undefined }
  if (expr.op === 'and' || expr.op === 'unless') return takeApart(expr.lhs)
  if (!COMPARISONS.includes(expr.op) || expr.returnBool) return { watched: expr, limit: undefined }
  if (typeOf(expr.rhs) === 'scalar') return { watched: expr.lhs, limit: expr.rhs }
  if (typeOf(expr.lhs) === 'scalar') return { watched: expr.rhs, limit: expr.lhs }
  return { watched: expr.lhs, limit: undefined }
}
