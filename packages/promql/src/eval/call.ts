import { QueryError } from '../errors.ts'
import { larger, smaller } from '../functions/arithmetic.ts'
import { dateOf, ELEMENTWISE, roundTo, TIME_PARTS } from '../functions/elementwise.ts'
import { type CallExpr, type Expr, unwrapParens } from '../syntax/ast.ts'
import { typeOf } from '../syntax/check-types.ts'
import { absentRow } from './absent.ts'
import { addRow, type Block, createBlock, type Frame, type Value } from './block.ts'
import { histogramFraction, histogramQuantile, histogramQuantiles } from './call-histogram.ts'
import { labelJoin, labelReplace } from './call-labels.ts'
import { callRange, isRangeFunction } from './call-range.ts'
import { sortRows } from './call-sort.ts'
import { NO_LABELS } from './labels.ts'
import { warnAboutQuantiles } from './quantile-warnings.ts'
import type { Query } from './query.ts'
import { selectInstant } from './select-instant.ts'
import { selectRange } from './select-range.ts'

type Evaluate = (query: Query, expr: Expr, frame: Frame) => Generator<void, Value>

/** Evaluates a function call. */
export function* evaluateCall(
  query: Query,
  expr: CallExpr,
  frame: Frame,
  evaluate: Evaluate,
): Generator<void, Value> {
  const { func, args } = expr
  if (func === 'timestamp') return vector(yield* timestamps(query, expr, frame, evaluate))
  if (isRangeFunction(func)) return vector(yield* rangeCall(query, expr, frame, evaluate))
  const values: Value[] = []
  for (const arg of args) values.push(yield* evaluate(query, arg, frame))
  const scalars = values.flatMap((value) => (value.kind === 'scalar' ? [value.values] : []))
  const strings = values.flatMap((value) => (value.kind === 'string' ? [value.value] : []))
  const block = values.flatMap((value) => (value.kind === 'vector' ? [value.block] : []))[0]
  if (typeOf(expr) === 'scalar') return yield* scalarCall(query, expr, frame, scalars, block)
  return vector(yield* vectorCall(query, expr, frame, block, scalars, strings))
}

const vector = (block: Block): Value => ({ kind: 'vector', block })

/** `timestamp` of a selector is the samples' own time; of anything else it is the time of the step. */
function* timestamps(query: Query, expr: CallExpr, frame: Frame, evaluate: Evaluate): Generator<void, Block> {
  const arg = expr.args[0] && unwrapParens(expr.args[0])
  if (arg?.kind === 'vector-selector') return dropNames(yield* selectInstant(query, arg, frame, 'timestamp'))
  const value = arg && (yield* evaluate(query, arg, frame))
  const block = value?.kind === 'vector' ? value.block : createBlock(frame.steps, 0)
  return yield* mapCells(query, block, (_, step) => timeOf(frame, step))
}

function* rangeCall(query: Query, expr: CallExpr, frame: Frame, evaluate: Evaluate): Generator<void, Block> {
  function* evaluateVector(q: Query, inner: Expr, innerFrame: Frame): Generator<void, Block> {
    const value = yield* evaluate(q, inner, innerFrame)
    if (value.kind !== 'vector') throw new Error('a subquery holds a vector: the types were checked before')
    return value.block
  }
  const params: Float64Array[] = []
  let range: Expr | undefined
  for (const arg of expr.args) {
    if (typeOf(arg) === 'matrix') range = arg
    else {
      const value = yield* evaluate(query, arg, frame)
      if (value.kind === 'scalar') params.push(value.values)
    }
  }
  if (!range) throw new Error('a range function has a range vector: the types were checked before')
  if (expr.func === 'quantile_over_time' && params[0])
    warnAboutQuantiles(query, params[0], expr.args[0] ?? expr)
  const source = yield* selectRange(query, range, frame, evaluateVector)
  const block = yield* callRange(query, expr, source, params, frame)
  return expr.func === 'absent_over_time' ? yield* absentRow(query, range, block) : block
}

function* scalarCall(
  query: Query,
  { func }: CallExpr,
  frame: Frame,
  scalars: readonly Float64Array[],
  block: Block | undefined,
): Generator<void, Value> {
  const values = new Float64Array(frame.steps)
  const [first = values, second = values] = scalars
  const at = scalarOf(query, func, frame, first, second, block)
  for (let step = 0; step < frame.steps; step++) {
    if (query.due(1 + (block?.labels.length ?? 0))) yield
    values[step] = at(step)
  }
  return { kind: 'scalar', values }
}

/** The value of a scalar function by step. */
function scalarOf(
  query: Query,
  func: CallExpr['func'],
  frame: Frame,
  first: Float64Array,
  second: Float64Array,
  block: Block | undefined,
): (step: number) => number {
  switch (func) {
    case 'time':
      return (step) => timeOf(frame, step)
    case 'pi':
      return () => Math.PI
    case 'start':
      return () => query.startMs / 1000
    case 'end':
      return () => query.endMs / 1000
    case 'step':
      return () => query.stepMs / 1000
    case 'range':
      return () => (query.endMs - query.startMs) / 1000
    case 'min_of':
      return (step) => smaller(first[step] ?? 0, second[step] ?? 0)
    case 'max_of':
      return (step) => larger(first[step] ?? 0, second[step] ?? 0)
    case 'scalar':
      return (step) => onlyValue(block, step)
    default:
      throw new Error(`${func} is no scalar function`)
  }
}

/** The time of a step, in seconds. */
function timeOf({ startMs, stepMs }: Frame, step: number): number {
  return (startMs + step * stepMs) / 1000
}

/** The value of a vector's only sample at a step, NaN when it has none or several. */
function onlyValue(block: Block | undefined, step: number): number {
  let value = Number.NaN
  let count = 0
  for (let row = 0; block && row < block.labels.length; row++) {
    const cell = row * block.steps + step
    if (block.present[cell] !== 1) continue
    if (++count > 1) return Number.NaN
    value = block.values[cell] ?? Number.NaN
  }
  return value
}

function* vectorCall(
  query: Query,
  expr: CallExpr,
  frame: Frame,
  given: Block | undefined,
  scalars: readonly Float64Array[],
  strings: readonly string[],
): Generator<void, Block> {
  const { func } = expr
  const [first = new Float64Array(frame.steps), second = new Float64Array(frame.steps)] = scalars
  const compute = ELEMENTWISE[func]
  const part = TIME_PARTS[func]
  const block = given ?? timeVector(frame)
  if (compute) return yield* mapCells(query, block, compute)
  if (part) return yield* mapCells(query, block, (value) => part(dateOf(value)))
  switch (func) {
    case 'vector':
      return rowOf(frame, first)
    case 'absent':
      return yield* absentRow(query, expr.args[0] ?? expr, block)
    case 'round':
      return yield* mapCells(query, block, (value, step) =>
        roundTo(value, scalars.length > 0 ? (first[step] ?? 1) : 1),
      )
    case 'clamp':
      return yield* clampCells(query, block, first, second)
    case 'clamp_min':
      return yield* mapCells(query, block, (value, step) => larger(value, first[step] ?? 0))
    case 'clamp_max':
      return yield* mapCells(query, block, (value, step) => smaller(value, first[step] ?? 0))
    case 'sort':
    case 'sort_desc':
    case 'sort_by_label':
    case 'sort_by_label_desc':
      return yield* sortRows(query, expr, block, strings)
    case 'label_replace':
      return yield* labelReplace(query, block, strings)
    case 'label_join':
      return yield* labelJoin(query, block, strings)
    case 'histogram_quantile':
      return yield* histogramQuantile(query, expr, block, first)
    case 'histogram_quantiles':
      return yield* histogramQuantiles(query, expr, block, strings[0] ?? '', scalars)
    case 'histogram_fraction':
      return yield* histogramFraction(query, expr, block, first, second)
    default:
      throw new QueryError(
        'unsupported',
        `${func} works on native histograms, which are not supported: use the classic series (_bucket, _sum, _count)`,
      )
  }
}

/** `vector(time())`: what the functions of time take when they are given nothing. */
function timeVector(frame: Frame): Block {
  const times = new Float64Array(frame.steps)
  for (let step = 0; step < frame.steps; step++) times[step] = timeOf(frame, step)
  return rowOf(frame, times)
}

function rowOf(frame: Frame, values: Float64Array): Block {
  const block = createBlock(frame.steps, 1)
  addRow(block, NO_LABELS, false)
  block.values.set(values)
  block.present.fill(1)
  return block
}

/** Writes into the block: nobody else holds it. The result is another quantity, so the name goes. */
function* mapCells(
  query: Query,
  block: Block,
  compute: (value: number, step: number) => number,
): Generator<void, Block> {
  const { steps, values, present } = block
  for (let row = 0; row < block.labels.length; row++) {
    if (query.due(steps)) yield
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step
      if (present[cell] === 1) values[cell] = compute(values[cell] ?? 0, step)
    }
  }
  return dropNames(block)
}

function* clampCells(
  query: Query,
  block: Block,
  least: Float64Array,
  most: Float64Array,
): Generator<void, Block> {
  const { steps, present } = block
  for (let row = 0; row < block.labels.length; row++) {
    if (query.due(steps)) yield
    for (let step = 0; step < steps; step++)
      if ((most[step] ?? 0) < (least[step] ?? 0)) present[row * steps + step] = 0
  }
  return yield* mapCells(query, block, (value, step) =>
    larger(least[step] ?? 0, smaller(most[step] ?? 0, value)),
  )
}

function dropNames(block: Block): Block {
  block.dropName.fill(true)
  return block
}
