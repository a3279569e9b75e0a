import { type Expr, type ExprType, number, typeOf, withArgs } from './expr.ts'

const PLAIN_RANGE: Expr = { kind: 'selector', name: 'temperature', matchers: [], range: '5m', args: [] }

/** Expressions of the same type with less in them, those with the least first. */
export function* simplifyExpr(expr: Expr): Generator<Expr> {
  const type = typeOf(expr)
  if (type === 'scalar' && expr.kind !== 'number') yield number('1')
  if (expr.kind === 'subquery') yield PLAIN_RANGE
  for (const arg of expr.args) yield* nearest(arg, type)
  yield* shed(expr)
  const args: readonly Expr[] = expr.args
  for (const [i, arg] of args.entries()) {
    for (const smaller of simplifyExpr(arg)) yield withArgs(expr, args.with(i, smaller))
  }
}

/** The outermost expressions of a type inside another. */
function* nearest(expr: Expr, type: ExprType): Generator<Expr> {
  if (typeOf(expr) === type) yield expr
  else if (expr.kind === 'selector' && type === 'vector') {
    const { range: _, ...instant } = expr
    yield instant
  } else for (const arg of expr.args) yield* nearest(arg, type)
}

/** The expression without one of its modifiers, matchers or labels. */
function* shed(expr: Expr): Generator<Expr> {
  if (expr.kind === 'selector' || expr.kind === 'subquery') {
    const { offset, at, ...plain } = expr
    if (offset !== undefined) yield at === undefined ? plain : { ...plain, at }
    if (at !== undefined) yield offset === undefined ? plain : { ...plain, offset }
  }
  if (expr.kind === 'selector') {
    for (const i of expr.matchers.keys()) yield { ...expr, matchers: expr.matchers.toSpliced(i, 1) }
  }
  if (expr.kind === 'aggregate' && expr.grouping) {
    const { grouping, ...plain } = expr
    yield plain
    for (const i of grouping.labels.keys())
      yield { ...expr, grouping: { ...grouping, labels: grouping.labels.toSpliced(i, 1) } }
  }
  if (expr.kind === 'binary' && expr.bare) yield { ...expr, bare: false }
  if (expr.kind === 'binary' && expr.matching) {
    const { matching, ...plain } = expr
    yield plain
    if (matching.group) {
      const { group, ...ungrouped } = matching
      yield { ...expr, matching: ungrouped }
      if (group.include.length > 0)
        yield { ...expr, matching: { ...matching, group: { ...group, include: [] } } }
    }
  }
}
