import { QueryError } from '../errors.ts'
import { quantileOf } from '../functions/quantile.ts'
import type { AggregateExpr, AggregateOp } from '../syntax/ast.ts'
import { formatFixed } from '../syntax/numbers.ts'
import { isValidLabelName, quote } from '../syntax/strings.ts'
import { createAccumulator } from './accumulators.ts'
import { addRow, type Block, createBlock, hasValues, setCell } from './block.ts'
import { createBlockBuilder } from './block-builder.ts'
import { createGrouper, type Group, grouperOf, groupRows } from './group-rows.ts'
import { NO_LABELS, setLabels } from './labels.ts'
import { warnAboutQuantiles } from './quantile-warnings.ts'
import type { Query } from './query.ts'

/** Aggregations that fold the values of a group into one, value by value. */
export type FoldOp = Exclude<
  AggregateOp,
  'topk' | 'bottomk' | 'limitk' | 'limit_ratio' | 'quantile' | 'count_values'
>

/** `sum`, `avg`, `min`, … : one row per group, folded in the order of the rows. */
export function* aggregateFold(
  query: Query,
  expr: AggregateExpr,
  op: FoldOp,
  input: Block,
): Generator<void, Block> {
  const { groupOf, groups } = yield* groupRows(query, input, grouperOf(expr))
  const { steps } = input
  const output = createBlock(steps, groups.length)
  query.charge(groups.length * steps)
  for (const group of groups) addRow(output, group.labels, false)
  const accumulator = createAccumulator(op, groups.length * steps)
  for (let row = 0; row < groupOf.length; row++) {
    if (query.due(steps)) yield
    const number = groupOf[row] ?? 0
    const base = number * steps
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step
      if (input.present[cell] !== 1) continue
      accumulator.add(base + step, input.values[cell] ?? 0, output.present[base + step] !== 1)
      output.present[base + step] = 1
    }
    if (input.dropName[row]) output.dropName[number] = true
  }
  for (let number = 0; number < groups.length; number++) {
    if (query.due(steps)) yield
    accumulator.finish(output.values, number * steps, (number + 1) * steps)
  }
  return yield* withoutEmptyRows(query, output)
}

/** `quantile`: gathers the values of each group at each step. */
export function* aggregateQuantile(
  query: Query,
  expr: AggregateExpr,
  input: Block,
  params: Float64Array,
): Generator<void, Block> {
  warnAboutQuantiles(query, params, expr.param ?? expr)
  const { groupOf, groups } = yield* groupRows(query, input, grouperOf(expr))
  const { steps } = input
  const output = createBlock(steps, groups.length)
  query.charge(groups.length * steps)
  const sizes = new Int32Array(groups.length)
  for (const number of groupOf) sizes[number] = (sizes[number] ?? 0) + 1
  const buffers = groups.map((group, number) => {
    addRow(output, group.labels, false)
    return new Float64Array(sizes[number] ?? 0)
  })
  const filled = new Int32Array(groups.length)
  for (let step = 0; step < steps; step++) {
    if (query.due(groupOf.length)) yield
    filled.fill(0)
    for (let row = 0; row < groupOf.length; row++) {
      const cell = row * steps + step
      const number = groupOf[row] ?? 0
      const buffer = buffers[number]
      if (input.present[cell] !== 1 || !buffer) continue
      buffer[filled[number] ?? 0] = input.values[cell] ?? 0
      filled[number] = (filled[number] ?? 0) + 1
      if (input.dropName[row]) output.dropName[number] = true
    }
    for (const [number, buffer] of buffers.entries()) {
      const count = filled[number] ?? 0
      if (count > 0)
        setCell(output, number * steps + step, quantileOf(params[step] ?? 0, buffer.subarray(0, count)))
    }
  }
  return yield* withoutEmptyRows(query, output)
}

/** Counting a value makes a label set of its own. */
const UNITS_PER_CELL = 64
/** Room for the rows of count_values from the start; untouched room costs nothing. */
const COUNTED_CELLS = 65_536

/** `count_values`: one row per group and distinct value, the value in a label. */
export function* aggregateCountValues(
  query: Query,
  expr: AggregateExpr,
  input: Block,
  label: string,
): Generator<void, Block> {
  if (!isValidLabelName(label)) throw new QueryError('execution', `invalid label name ${quote(label)}`)
  const { steps } = input
  const output = createBlock(steps, Math.ceil(COUNTED_CELLS / steps))
  // A label that `without` names is gone from the result, even this one.
  const grouping = expr.without ? expr.grouping : [...expr.grouping, label]
  const grouper = createGrouper(grouping, expr.without)
  const bases = new Map<Group, number>()
  for (let row = 0; row < input.labels.length; row++) {
    if (query.due(steps * UNITS_PER_CELL)) yield
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step
      if (input.present[cell] !== 1) continue
      const value = formatFixed(input.values[cell] ?? 0)
      const group = grouper.groupOf(setLabels(input.labels[row] ?? NO_LABELS, [[label, value]]))
      let base = bases.get(group)
      if (base === undefined) {
        query.charge(steps)
        base = addRow(output, group.labels, false)
        bases.set(group, base)
      }
      output.present[base + step] = 1
      output.values[base + step] = (output.values[base + step] ?? 0) + 1
    }
  }
  return output
}

function* withoutEmptyRows(query: Query, block: Block): Generator<void, Block> {
  const { steps } = block
  if (block.labels.every((_, row) => hasValues(block, row))) return block
  const builder = createBlockBuilder(steps)
  for (const [row, labels] of block.labels.entries()) {
    if (query.due(steps)) yield
    if (!hasValues(block, row)) continue
    const base = builder.add(labels, block.dropName[row] ?? false)
    const from = row * steps
    builder.part().values.set(block.values.subarray(from, from + steps), base)
    builder.part().present.set(block.present.subarray(from, from + steps), base)
  }
  return yield* builder.finish(query)
}
