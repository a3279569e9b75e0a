import { QueryError } from '../errors.ts'
import { addRow, type Block, createBlock, setCell } from './block.ts'
import { dropMetricName, labelsKey, NO_LABELS } from './labels.ts'
import type { Query } from './query.ts'

/** Looking at a row's labels costs about as much as this many samples. */
const UNITS_PER_ROW = 32

/**
 * Removes the metric names that are due, and joins rows that are equal then.
 * @throws QueryError when two of them have a value at the same step
 */
export function* settleNames(query: Query, block: Block): Generator<void, Block> {
  let changed = false
  for (let row = 0; row < block.labels.length; row++) {
    if (query.due(UNITS_PER_ROW)) yield
    const labels = block.labels[row] ?? NO_LABELS
    const settled = block.dropName[row] ? dropMetricName(labels) : labels
    if (settled !== labels) changed = true
    block.labels[row] = settled
    block.dropName[row] = false
  }
  // In an instant vector only rows that lost their name can have become equal.
  if (block.steps === 1 && !changed) return block
  return yield* mergeEqualRows(query, block)
}

/** Joins rows with equal labels. @throws QueryError when two have a value at the same step */
export function* mergeEqualRows(query: Query, block: Block): Generator<void, Block> {
  if (block.labels.length < 2) return block
  const firstRows = new Map<string, number>()
  for (let row = 0; row < block.labels.length; row++) {
    if (query.due(UNITS_PER_ROW)) yield
    const key = labelsKey(block.labels[row] ?? NO_LABELS)
    if (!firstRows.has(key)) firstRows.set(key, row)
  }
  if (firstRows.size === block.labels.length) return block
  query.charge(firstRows.size * block.steps)
  const merged = createBlock(block.steps, firstRows.size)
  const bases = new Map<string, number>()
  for (const [key, row] of firstRows) {
    bases.set(key, addRow(merged, block.labels[row] ?? NO_LABELS, block.dropName[row] ?? false))
  }
  for (let row = 0; row < block.labels.length; row++) {
    if (query.due(UNITS_PER_ROW + block.steps)) yield
    copyCells(block, row, merged, bases.get(labelsKey(block.labels[row] ?? NO_LABELS)) ?? 0)
  }
  return merged
}

function copyCells(from: Block, row: number, to: Block, base: number): void {
  for (let step = 0; step < from.steps; step++) {
    const cell = row * from.steps + step
    if (from.present[cell] !== 1) continue
    if (to.present[base + step] === 1) {
      throw new QueryError('execution', 'vector cannot contain metrics with the same labelset')
    }
    setCell(to, base + step, from.values[cell] ?? Number.NaN)
  }
}
