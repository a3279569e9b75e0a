import { ParseError, type Position } from '../errors.ts'
import {
  type AggregateExpr,
  type BinaryExpr,
  type CallExpr,
  children,
  type Expr,
  isComparison,
  isSetOp,
  type ValueType,
  type VectorSelector,
} from './ast.ts'
import { AGGREGATIONS, signatureOf } from './signatures.ts'
import { quote } from './strings.ts'

const DOCUMENTED: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
}

const types = new WeakMap<Expr, ValueType>()

/** The type an expression evaluates to. */
export function typeOf(expr: Expr): ValueType {
  const known = types.get(expr)
  if (known) return known
  const type = decideType(expr)
  types.set(expr, type)
  return type
}

function decideType(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'vector-selector':
    case 'aggregate':
      return 'vector'
    case 'matrix-selector':
    case 'subquery':
      return 'matrix'
    case 'paren':
    case 'unary':
      return typeOf(expr.expr)
    case 'binary':
      return typeOf(expr.lhs) === 'scalar' && typeOf(expr.rhs) === 'scalar' ? 'scalar' : 'vector'
    case 'call':
      return signatureOf(expr.func).returns
  }
}

/**
 * Checks an expression and everything below it as Prometheus' parser does, in its order.
 * @throws ParseError
 */
export function checkTypes(source: string, root: Expr): void {
  const fail = (at: Position, reason: string): never => {
    throw new ParseError(source, at, reason)
  }

  function expectType(expr: Expr, wanted: ValueType, context: string): void {
    check(expr)
    const type = typeOf(expr)
    if (type === wanted) return
    fail(expr, `expected type ${DOCUMENTED[wanted]} in ${context}, got ${DOCUMENTED[type]}`)
  }

  function check(expr: Expr): void {
    switch (expr.kind) {
      case 'aggregate':
        checkAggregate(expr)
        return
      case 'binary':
        checkBinary(expr)
        return
      case 'call':
        checkCall(expr)
        return
      case 'vector-selector':
        checkSelector(expr)
        return
      default:
        for (const child of children(expr)) check(child)
    }
    if (expr.kind === 'unary' && typeOf(expr.expr) !== 'scalar' && typeOf(expr.expr) !== 'vector') {
      const type = DOCUMENTED[typeOf(expr.expr)]
      fail(
        expr,
        `unary expression only allowed on expressions of type scalar or instant vector, got "${type}"`,
      )
    }
    if (expr.kind === 'subquery' && typeOf(expr.expr) !== 'vector') {
      fail(expr, `subquery is only allowed on instant vector, got ${typeOf(expr.expr)} instead`)
    }
  }

  function checkAggregate(expr: AggregateExpr): void {
    expectType(expr.expr, 'vector', 'aggregation expression')
    const wanted = AGGREGATIONS[expr.op]
    if (wanted && expr.param) expectType(expr.param, wanted, 'aggregation parameter')
  }

  function checkBinary(expr: BinaryExpr): void {
    const { op, lhs, rhs, matching } = expr
    check(lhs)
    check(rhs)
    const left = typeOf(lhs)
    const right = typeOf(rhs)
    const at = operatorPosition(source, expr)
    if (expr.returnBool && !isComparison(op))
      fail(at, 'bool modifier can only be used on comparison operators')
    if (isComparison(op) && !expr.returnBool && left === 'scalar' && right === 'scalar') {
      fail(at, 'comparisons between scalars must use BOOL modifier')
    }
    for (const label of matching.labels) {
      if (matching.on && matching.include.includes(label)) {
        fail(at, `label ${quote(label)} must not occur in ON and GROUP clause at once`)
      }
    }
    for (const [side, type] of [
      [lhs, left],
      [rhs, right],
    ] as const) {
      if (type !== 'scalar' && type !== 'vector') {
        fail(side, 'binary expression must contain only scalar and instant vector types')
      }
    }
    const vectors = left === 'vector' && right === 'vector'
    if (!vectors && matching.labels.length > 0)
      fail(expr, 'vector matching only allowed between instant vectors')
    if (!isSetOp(op)) return
    if (vectors && matching.card !== 'many-to-many') fail(expr, `no grouping allowed for "${op}" operation`)
    if (!vectors) fail(expr, `set operator "${op}" not allowed in binary scalar expression`)
  }

  function checkCall(expr: CallExpr): void {
    const { args, variadic } = signatureOf(expr.func)
    const given = expr.args.length
    const least = variadic === 0 ? args.length : args.length - 1
    const call = `argument(s) in call to "${expr.func}", got ${given}`
    if (variadic === 0 && given !== least) fail(expr, `expected ${least} ${call}`)
    if (given < least) fail(expr, `expected at least ${least} ${call}`)
    if (variadic > 0 && given > least + variadic) fail(expr, `expected at most ${least + variadic} ${call}`)
    for (const [i, arg] of expr.args.entries()) {
      const wanted = args[Math.min(i, args.length - 1)]
      if (wanted) expectType(arg, wanted, `call to function "${expr.func}"`)
    }
  }

  function checkSelector({ name, matchers, start, end }: VectorSelector): void {
    if (name !== undefined) {
      const twice = matchers.slice(0, -1).find((matcher) => matcher.name === '__name__')
      if (twice) {
        fail({ start, end }, `metric name must not be set twice: ${quote(name)} or ${quote(twice.value)}`)
      }
    } else if (matchers.every((matcher) => matcher.matches(''))) {
      fail({ start, end }, 'vector selector must contain at least one non-empty matcher')
    }
  }

  check(root)
}

/** Where the operator stands, with its modifiers, without the space around it. */
function operatorPosition(source: string, { lhs, rhs }: BinaryExpr): Position {
  const between = source.slice(lhs.end, rhs.start)
  const start = lhs.end + between.length - between.trimStart().length
  return { start, end: start + between.trim().length }
}
