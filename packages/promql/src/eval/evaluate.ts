import { plannedBlock } from '../plan/planned-block.ts'
import { type AggregateExpr, type BinaryExpr, children, type Expr, unwrapParens } from '../syntax/ast.ts'
import type { FunctionName } from '../syntax/signatures.ts'
import { aggregateCountValues, aggregateFold, aggregateQuantile } from './aggregate.ts'
import { evaluateBinary } from './binary.ts'
import type { Block, Frame, Value } from './block.ts'
import { evaluateCall } from './call.ts'
import type { Query } from './query.ts'
import { repeat } from './repeat.ts'
import { selectInstant } from './select-instant.ts'
import { aggregateSelection } from './select-rows.ts'

/**
 * Evaluates an expression at every step of a frame. It yields whenever the query has worked for a slice
 * of time: run it to its end in one go, or let others work in between.
 */
export function* evaluate(query: Query, expr: Expr, frame: Frame): Generator<void, Value> {
  if (query.due(frame.steps)) yield
  const plan = frame.steps === 1 && frame.startMs === query.startMs ? query.plans?.get(expr) : undefined
  if (plan) return { kind: 'vector', block: plannedBlock(query, plan) }
  if (frame.steps > 1 && isConstant(expr)) {
    const value = yield* evaluateNode(query, expr, { ...frame, steps: 1 })
    if (value.kind === 'vector') query.charge(value.block.labels.length * frame.steps)
    return yield* repeat(query, value, frame.steps)
  }
  return yield* evaluateNode(query, expr, frame)
}

function* evaluateNode(query: Query, expr: Expr, frame: Frame): Generator<void, Value> {
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(frame.steps).fill(expr.value) }
    case 'string':
      return { kind: 'string', value: expr.value }
    case 'paren':
      return yield* evaluate(query, expr.expr, frame)
    case 'unary':
      return yield* negate(query, expr.op, yield* evaluate(query, expr.expr, frame))
    case 'vector-selector':
      return { kind: 'vector', block: yield* selectInstant(query, expr, frame) }
    case 'binary':
      return yield* binary(query, expr, frame)
    case 'aggregate':
      return { kind: 'vector', block: yield* aggregate(query, expr, frame) }
    case 'call':
      return yield* evaluateCall(query, expr, frame, evaluate)
    case 'matrix-selector':
    case 'subquery':
      throw new Error('range vectors are read by functions: the types were checked before')
  }
}

function* binary(query: Query, expr: BinaryExpr, frame: Frame): Generator<void, Value> {
  const lhs = yield* evaluate(query, expr.lhs, frame)
  const rhs = yield* evaluate(query, expr.rhs, frame)
  return yield* evaluateBinary(query, expr, lhs, rhs)
}

function* aggregate(query: Query, expr: AggregateExpr, frame: Frame): Generator<void, Block> {
  const param = expr.param && (yield* evaluate(query, expr.param, frame))
  const value = yield* evaluate(query, expr.expr, frame)
  if (value.kind !== 'vector') throw new Error('aggregations take vectors: the types were checked before')
  const input = value.block
  const params = param?.kind === 'scalar' ? param.values : new Float64Array(frame.steps)
  switch (expr.op) {
    case 'count_values':
      return yield* aggregateCountValues(query, expr, input, param?.kind === 'string' ? param.value : '')
    case 'quantile':
      return yield* aggregateQuantile(query, expr, input, params)
    case 'topk':
    case 'bottomk':
    case 'limitk':
    case 'limit_ratio':
      return yield* aggregateSelection(query, expr, input, params)
    default:
      return yield* aggregateFold(query, expr, expr.op, input)
  }
}

function* negate(query: Query, op: '+' | '-', value: Value): Generator<void, Value> {
  if (op === '+' || value.kind === 'string') return value
  const values = value.kind === 'scalar' ? value.values : value.block.values
  const [rows, steps] =
    value.kind === 'scalar' ? [1, values.length] : [value.block.labels.length, value.block.steps]
  for (let row = 0; row < rows; row++) {
    if (query.due(steps)) yield
    for (let i = row * steps; i < (row + 1) * steps; i++) values[i] = -(values[i] ?? 0)
  }
  if (value.kind === 'vector') value.block.dropName.fill(true)
  return value
}

/** What these give depends on the step even when their arguments do not. */
const DEPEND_ON_STEP: ReadonlySet<FunctionName> = new Set([
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'time',
  'timestamp',
  'year',
])

const constants = new WeakMap<Expr, boolean>()

/** Whether an expression is the same at every step: every selector below it is pinned by `@`. */
function isConstant(expr: Expr): boolean {
  const known = constants.get(expr)
  if (known !== undefined) return known
  const constant = decideConstant(expr)
  constants.set(expr, constant)
  return constant
}

function decideConstant(expr: Expr): boolean {
  if (expr.kind === 'vector-selector' || expr.kind === 'subquery') return expr.at !== undefined
  if (expr.kind === 'call' && DEPEND_ON_STEP.has(expr.func)) return false
  return children(expr).every((child) => isConstant(unwrapParens(child)))
}
