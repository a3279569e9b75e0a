import {
  beginQuery,
  DEFAULT_LOOKBACK_MS,
  DEFAULT_MAX_SAMPLES,
  drive,
  driveAtOnce,
  type EngineOptions,
  type QueryOptions,
} from './engine.ts'
import { type QueryResult, runInstant } from './eval/run-query.ts'
import { type Plans, planParts } from './plan/plan-expr.ts'
import { BeyondPlan } from './plan/plan-node.ts'
import { createPlanRunner } from './plan/run-plan.ts'
import type { Matcher, Queryable } from './storage.ts'
import { type AtModifier, children, type Expr } from './syntax/ast.ts'
import { parseExpr } from './syntax/parse-expr.ts'

/** A selector of a compiled expression: which series it reads, and how far back from the evaluation time. */
export interface SelectorInfo {
  readonly matchers: readonly Matcher[]
  /** The range of `[5m]`; 0 for an instant selector. */
  readonly rangeMs: number
  readonly offsetMs: number
  readonly at: AtModifier | undefined
  /**
   * The oldest sample it can read lies less than this before the evaluation time: range or lookback,
   * offset and the ranges of subqueries around it. Infinite when `@` pins it to a time.
   */
  readonly reachMs: number
}

/** An expression compiled once, to be evaluated many times. */
export interface CompiledExpr {
  readonly expr: Expr
  readonly selectors: readonly SelectorInfo[]
  /** Evaluates in one go, keeping what does not change for the next time: groups, matches, labels. @throws QueryError */
  evaluate(queryable: Queryable, timeMs: number): QueryResult
  /** Evaluates in slices, for rules that may take longer. @throws QueryError */
  evaluateInSlices(queryable: Queryable, timeMs: number, options?: QueryOptions): Promise<QueryResult>
}

/**
 * Compiles an expression for repeated instant evaluation.
 * @throws ParseError
 * @example
 * const rule = compile('sum by (route) (rate(http_requests_total[1m])) > 100')
 * const { value } = rule.evaluate(head, now)
 */
export function compile(source: string | Expr, options: EngineOptions = {}): CompiledExpr {
  const expr = typeof source === 'string' ? parseExpr(source) : source
  const lookbackMs = options.lookbackDeltaMs ?? DEFAULT_LOOKBACK_MS
  const at = (timeMs: number) => ({ startMs: timeMs, endMs: timeMs, stepMs: 0 })
  const plans = planParts(expr, lookbackMs)
  const whole = plans.get(expr)
  const runWhole =
    whole &&
    createPlanRunner(whole, {
      source: typeof source === 'string' ? source : '',
      lookbackMs,
      maxSamples: options.maxSamples ?? DEFAULT_MAX_SAMPLES,
    })

  function evaluateWith(some: Plans | undefined, queryable: Queryable, timeMs: number): QueryResult {
    const query = beginQuery(source, at(timeMs), queryable, options, some)
    return driveAtOnce(query, runInstant(query, expr))
  }
  return {
    expr,
    selectors: selectorsOf(expr, lookbackMs),
    evaluate(queryable, timeMs) {
      try {
        if (runWhole) return runWhole(queryable, timeMs)
        if (plans.size > 0) return evaluateWith(plans, queryable, timeMs)
      } catch (error) {
        if (!(error instanceof BeyondPlan)) throw error
      }
      return evaluateWith(undefined, queryable, timeMs)
    },
    async evaluateInSlices(queryable, timeMs, own = {}) {
      const settings = { ...options, ...own }
      const query = beginQuery(source, at(timeMs), queryable, settings)
      const pause = settings.pause ?? (() => new Promise<void>((resolve) => setTimeout(resolve, 0)))
      return drive(query, runInstant(query, expr), pause)
    },
  }
}

/** Every selector of an expression, in the order of the text. */
export function selectorsOf(expr: Expr, lookbackMs = 300_000): SelectorInfo[] {
  const found: SelectorInfo[] = []
  function visit(node: Expr, outerMs: number, rangeMs: number): void {
    if (node.kind === 'vector-selector') {
      const { matchers, offsetMs, at } = node
      const ownMs = (rangeMs === 0 ? lookbackMs : rangeMs) + offsetMs
      const reachMs = at === undefined ? outerMs + ownMs : Number.POSITIVE_INFINITY
      found.push({ matchers, rangeMs, offsetMs, at, reachMs })
    } else if (node.kind === 'matrix-selector') visit(node.selector, outerMs, node.rangeMs)
    else if (node.kind === 'subquery') {
      const pinned = node.at !== undefined
      visit(node.expr, pinned ? Number.POSITIVE_INFINITY : outerMs + node.rangeMs + node.offsetMs, 0)
    } else for (const child of children(node)) visit(child, outerMs, 0)
  }
  visit(expr, 0, 0)
  return found
}
