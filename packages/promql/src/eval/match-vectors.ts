import { QueryError } from '../errors.ts'
import { arithmetic, comparison } from '../functions/arithmetic.ts'
import type { Labels } from '../storage.ts'
import { type BinaryExpr, isComparison, isSetOp } from '../syntax/ast.ts'
import { addRow, type Block, createBlock, setCell } from './block.ts'
import {
  formatLabels,
  labelsKey,
  labelValue,
  METRIC_NAME,
  NO_LABELS,
  omitLabels,
  pickLabels,
  setLabels,
} from './labels.ts'
import type { Query } from './query.ts'
import { matchedLabels, numberRows } from './signatures.ts'

/** Making the labels of a result costs about as much as this many samples. */
const UNITS_PER_PAIR = 64

/** Arithmetic and comparison between two vectors: one-to-one, or many-to-one with `group_left`/`group_right`. */
export function* matchVectors(
  query: Query,
  expr: BinaryExpr,
  lhs: Block,
  rhs: Block,
): Generator<void, Block> {
  const { matching, op, returnBool } = expr
  if (isSetOp(op)) throw new Error('set operators do not come here')
  const swapped = matching.card === 'one-to-many'
  const [many, one] = swapped ? [rhs, lhs] : [lhs, rhs]
  const { left: manyNumbers, right: oneNumbers, count } = yield* numberRows(query, matching, many, one)
  const { steps } = lhs
  const output = createResultRows(query, expr, many, one)
  const compare = isComparison(op) ? comparison(op) : undefined
  const compute = isComparison(op) ? undefined : arithmetic(op)
  const oneAt = new Int32Array(count)
  const matchedBy = new Int32Array(count)
  const seen = new Set<string>()
  for (let step = 0; step < steps; step++) {
    if (query.due(manyNumbers.length + oneNumbers.length + count)) yield
    // Nothing matches nothing: a side without samples does not even have its duplicates noticed.
    if (!hasSamples(many, step) || !hasSamples(one, step)) continue
    indexOneSide(expr, one, oneNumbers, step, oneAt)
    matchedBy.fill(-1)
    seen.clear()
    for (let row = 0; row < manyNumbers.length; row++) {
      if (query.due(UNITS_PER_PAIR)) yield
      const cell = row * steps + step
      const number = manyNumbers[row] ?? 0
      const oneRow = oneAt[number] ?? -1
      if (many.present[cell] !== 1 || oneRow < 0) continue
      const result = output.rowOf(row, oneRow)
      if (matching.card === 'one-to-one') {
        if (matchedBy[number] !== -1) failOneToOne()
        matchedBy[number] = row
      } else checkUnique(seen, number, output.keyOf(result))
      const manyValue = many.values[cell] ?? 0
      const oneValue = one.values[oneRow * steps + step] ?? 0
      const left = swapped ? oneValue : manyValue
      const right = swapped ? manyValue : oneValue
      const holds = compare?.(left, right)
      if (holds === false && !returnBool) continue
      output.set(result, step, compute ? compute(left, right) : returnBool ? Number(holds) : left)
    }
  }
  return output.block
}

function hasSamples({ labels, steps, present }: Block, step: number): boolean {
  for (let row = 0; row < labels.length; row++) if (present[row * steps + step] === 1) return true
  return false
}

/** Which row of the "one" side has each signature at this step; −1: none. */
function indexOneSide(
  { matching }: BinaryExpr,
  one: Block,
  numbers: Int32Array,
  step: number,
  oneAt: Int32Array,
): void {
  oneAt.fill(-1)
  for (let row = 0; row < numbers.length; row++) {
    if (one.present[row * one.steps + step] !== 1) continue
    const number = numbers[row] ?? 0
    const other = oneAt[number] ?? -1
    if (other >= 0) {
      const labels = one.labels[row] ?? NO_LABELS
      const pair = [labels, one.labels[other] ?? NO_LABELS].map(formatLabels).sort().join(', ')
      const group = formatLabels(matchedLabels(matching, labels))
      const side = matching.card === 'one-to-many' ? 'left' : 'right'
      throw new QueryError(
        'execution',
        `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${pair}]` +
          ';many-to-many matching not allowed: matching labels must be unique on one side',
      )
    }
    oneAt[number] = row
  }
}

function failOneToOne(): never {
  throw new QueryError(
    'execution',
    'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
  )
}

function checkUnique(seen: Set<string>, number: number, key: string): void {
  const member = `${number}:${key}`
  if (seen.has(member)) {
    throw new QueryError(
      'execution',
      'multiple matches for labels: grouping labels must ensure unique matches',
    )
  }
  seen.add(member)
}

interface ResultRows {
  readonly block: Block
  /** The result's number for a pair of rows: pairs with equal result labels share it. */
  rowOf(many: number, one: number): number
  keyOf(result: number): string
  set(result: number, step: number, value: number): void
}

function createResultRows(query: Query, expr: BinaryExpr, many: Block, one: Block): ResultRows {
  const block = createBlock(many.steps, many.labels.length)
  const byPair = new Map<number, number>()
  const byKey = new Map<string, number>()
  const results: { labels: Labels; key: string; dropName: boolean; base: number }[] = []
  return {
    block,
    rowOf(manyRow, oneRow) {
      const pair = manyRow * one.labels.length + oneRow
      const known = byPair.get(pair)
      if (known !== undefined) return known
      const labels = resultLabels(expr, many.labels[manyRow] ?? NO_LABELS, one.labels[oneRow] ?? NO_LABELS)
      const key = labelsKey(labels)
      const dropName = expr.returnBool || (many.dropName[manyRow] ?? false)
      let result = byKey.get(key)
      if (result === undefined) {
        result = results.push({ labels, key, dropName, base: -1 }) - 1
        byKey.set(key, result)
      }
      byPair.set(pair, result)
      return result
    },
    keyOf: (result) => results[result]?.key ?? '',
    set(number, step, value) {
      const result = results[number]
      if (!result) return
      if (result.base < 0) {
        query.charge(block.steps)
        result.base = addRow(block, result.labels, result.dropName)
      }
      if (block.present[result.base + step] === 1) {
        throw new QueryError('execution', 'vector cannot contain metrics with the same labelset')
      }
      setCell(block, result.base + step, value)
    },
  }
}

const NAME_ONLY = [METRIC_NAME]

export function resultLabels({ op, matching }: BinaryExpr, many: Labels, one: Labels): Labels {
  let labels = many
  if (!isComparison(op)) labels = omitLabels(labels, NAME_ONLY)
  if (matching.card === 'one-to-one') {
    if (matching.on) labels = pickLabels(labels, matching.labels)
    else if (matching.labels.length > 0) labels = omitLabels(labels, matching.labels)
  }
  if (matching.include.length === 0) return labels
  return setLabels(
    labels,
    matching.include.map((name) => [name, labelValue(one, name)] as const),
  )
}
