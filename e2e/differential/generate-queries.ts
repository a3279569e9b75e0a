import fc from 'fast-check'
import { call, type Expr, string, withArgs } from './expr.ts'
import { calls, type Parts } from './generate-calls.ts'
import { DATA_START_MS } from './generate-data.ts'
import {
  constants,
  instantSelectors,
  modifiers,
  rangeSelectors,
  subqueryRanges,
  subquerySteps,
} from './generate-leaves.ts'
import { aggregations, operations, scalarOperations } from './generate-operations.ts'
import { isComparable } from './known-differences.ts'
import { simplifyExpr } from './simplify-expr.ts'

/** An expression with the times it is asked for: at `endS`, and at `steps` steps that end there. Seconds. */
export interface GeneratedQuery {
  readonly expr: Expr
  readonly endS: number
  readonly stepS: number
  readonly steps: number
}

const MAX_DEPTH = 4

const { vector } = fc.letrec<Record<'vector' | 'scalar' | 'range', Expr>>((tie) => {
  const parts: Parts = { vector: tie('vector'), scalar: tie('scalar'), range: tie('range') }
  const nested = { maxDepth: MAX_DEPTH, depthSize: 'max' as const, depthIdentifier: 'expr' }
  return {
    vector: fc.oneof(
      nested,
      { weight: 8, arbitrary: instantSelectors },
      ...calls(parts),
      ...aggregations(parts),
      ...operations(parts),
    ),
    scalar: fc.oneof(nested, { weight: 10, arbitrary: constants }, ...scalarOperations(parts)),
    range: fc.oneof(
      nested,
      { weight: 4, arbitrary: rangeSelectors },
      { weight: 1, arbitrary: subqueries(parts.vector) },
    ),
  }
})

function subqueries(inner: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  return fc.tuple(inner, subqueryRanges, subquerySteps, modifiers).map(([expr, range, step, modified]) => ({
    kind: 'subquery',
    range,
    ...(step !== undefined && { step }),
    ...modified,
    args: [expr],
  }))
}

/** What both must refuse: an argument of the wrong type somewhere. */
const mistyped: fc.Arbitrary<Expr> = fc
  .tuple(vector, rangeSelectors, fc.nat(9))
  .map(([inner, range, which]) => {
    const wrong = which < 3 ? range : which < 6 ? string('text') : call('time')
    const args = inner.args.map((arg, i) => (i === inner.args.length - 1 ? wrong : arg))
    return args.length > 0 ? withArgs(inner, args) : call('rate', inner)
  })

/** Seven seconds past whole tens: no step of a subquery then falls on the bound of a window. */
const queries: fc.Arbitrary<GeneratedQuery> = fc.record({
  expr: fc.oneof({ weight: 40, arbitrary: vector }, { weight: 1, arbitrary: mistyped }).filter(isComparable),
  endS: fc.integer({ min: 120, max: 800 }).map((tens) => DATA_START_MS / 1000 + tens * 10 + 7),
  stepS: fc.constantFrom(10, 30, 60, 300),
  steps: fc.integer({ min: 2, max: 12 }),
})

/** Queries that fast-check shrinks by the structure of the expression: every step is one query with less in it. */
class Queries extends fc.Arbitrary<GeneratedQuery> {
  override generate(random: fc.Random, bias: number | undefined): fc.Value<GeneratedQuery> {
    return new fc.Value(queries.generate(random, bias).value, undefined)
  }
  override canShrinkWithoutContext(value: unknown): value is GeneratedQuery {
    return typeof value === 'object' && value !== null && 'expr' in value
  }
  override shrink(query: GeneratedQuery): fc.Stream<fc.Value<GeneratedQuery>> {
    return fc.stream(shrinkQuery(query)).map((smaller) => new fc.Value(smaller, undefined))
  }
}

function* shrinkQuery(query: GeneratedQuery): Generator<GeneratedQuery, void> {
  for (const expr of simplifyExpr(query.expr)) if (isComparable(expr)) yield { ...query, expr }
  if (query.steps > 2) yield { ...query, steps: 2 }
}

/** Queries of every function, aggregation, operator and modifier that both engines know. */
export const generatedQueries: fc.Arbitrary<GeneratedQuery> = new Queries()
