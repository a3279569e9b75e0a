import { QueryError } from '../errors.ts'
import type { AggregateExpr } from '../syntax/ast.ts'
import { addRow, type Block, createBlock, setCell } from './block.ts'
import { chooserOf } from './choose-rows.ts'
import { grouperOf, groupRows } from './group-rows.ts'
import { NO_LABELS } from './labels.ts'
import { formatFloat } from './quantile-warnings.ts'
import type { Query } from './query.ts'

/** Beyond these Prometheus' parameter, a 64-bit integer, overflows. */
const MAX_INT64 = 2 ** 63 - 1024
const MIN_INT64 = -(2 ** 63)

/** `topk`, `bottomk`, `limitk` and `limit_ratio`: rows keep their labels, some of them per group and step. */
export function* aggregateSelection(
  query: Query,
  expr: AggregateExpr,
  input: Block,
  params: Float64Array,
): Generator<void, Block> {
  if (!checkParams(query, expr, params)) return createBlock(input.steps, 0)
  const choose = chooserOf(query, expr.op, input)
  const { groupOf, groups } = yield* groupRows(query, input, grouperOf(expr))
  const members: number[][] = groups.map(() => [])
  for (const [row, number] of groupOf.entries()) members[number]?.push(row)
  const { steps } = input
  const output = createBlock(steps, input.labels.length)
  const bases = new Map<number, number>()
  for (let step = 0; step < steps; step++) {
    const value = (row: number): number => input.values[row * steps + step] ?? 0
    for (const rows of members) {
      if (query.due(rows.length * 4)) yield
      const candidates = rows.filter((row) => input.present[row * steps + step] === 1)
      for (const row of yield* choose(candidates, value, params[step] ?? 0)) {
        let base = bases.get(row)
        if (base === undefined) {
          query.charge(steps)
          base = addRow(output, input.labels[row] ?? NO_LABELS, input.dropName[row] ?? false)
          bases.set(row, base)
        }
        setCell(output, base + step, value(row))
      }
    }
  }
  return output
}

/** False when nothing can be selected. */
function checkParams(query: Query, { op, param, expr }: AggregateExpr, params: Float64Array): boolean {
  const [least, most] = extremes(params)
  const ratio = op === 'limit_ratio'
  if (params.some(Number.isNaN)) {
    throw new QueryError('execution', ratio ? 'Ratio value is NaN' : 'Parameter value is NaN')
  }
  if (ratio) {
    const warn = (given: number, used: number): void =>
      query.annotations.warn(
        `ratio value should be between -1 and 1, got ${formatFloat(given)}, capping to ${used}`,
        param ?? expr,
      )
    if (most > 1) warn(most, 1)
    if (least < -1) warn(least, -1)
    return most !== 0 || least !== 0
  }
  if (most < 1) return false
  if (least <= MIN_INT64)
    throw new QueryError('execution', `Scalar value ${formatFloat(least)} underflows int64`)
  if (most >= MAX_INT64)
    throw new QueryError('execution', `Scalar value ${formatFloat(most)} overflows int64`)
  return true
}

function extremes(params: Float64Array): [number, number] {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of params) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}
