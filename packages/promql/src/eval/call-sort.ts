import { naturalCompare } from '../functions/natural-order.ts'
import { sortInSteps } from '../sort-in-steps.ts'
import type { CallExpr } from '../syntax/ast.ts'
import { addRow, type Block, createBlock, hasValues } from './block.ts'
import { labelsKey, labelValue, NO_LABELS } from './labels.ts'
import type { Query } from './query.ts'
import { takeSteps } from './take-steps.ts'

type Order = (a: number, b: number) => number

/** `sort` and its kin: order the rows of an instant query; a range query orders by labels in any case. */
export function* sortRows(
  query: Query,
  { func, start, end }: CallExpr,
  block: Block,
  names: readonly string[],
): Generator<void, Block> {
  if (query.stepMs > 0) {
    query.annotations.warn(
      'sort is ineffective for range queries since results are always ordered by labels',
      {
        start,
        end,
      },
    )
  }
  if (block.steps > 1) return block
  const descending = func.endsWith('_desc') ? -1 : 1
  const order = func.startsWith('sort_by_label')
    ? byLabels(block, names, descending)
    : byValue(block, descending)
  const present = [...block.labels.keys()].filter((row) => hasValues(block, row))
  const rows = yield* takeSteps(query, sortInSteps(present, order))
  const sorted = createBlock(1, rows.length)
  for (const row of rows) {
    const base = addRow(sorted, block.labels[row] ?? NO_LABELS, block.dropName[row] ?? false)
    sorted.values[base] = block.values[row] ?? 0
    sorted.present[base] = 1
  }
  return sorted
}

function byValue({ values }: Block, direction: number): Order {
  return (a, b) => {
    const x = values[a] ?? 0
    const y = values[b] ?? 0
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
    return x === y ? 0 : x < y ? -direction : direction
  }
}

function byLabels({ labels }: Block, names: readonly string[], direction: number): Order {
  return (a, b) => {
    const left = labels[a] ?? NO_LABELS
    const right = labels[b] ?? NO_LABELS
    for (const name of names) {
      const difference = naturalCompare(labelValue(left, name), labelValue(right, name))
      if (difference !== 0) return direction * difference
    }
    const x = labelsKey(left)
    const y = labelsKey(right)
    return x === y ? 0 : x < y ? -direction : direction
  }
}
