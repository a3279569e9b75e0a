import type { Labels } from '../storage.ts'
import { addRow, type Block, createBlock, removeLastRow } from './block.ts'
import { NO_LABELS } from './labels.ts'
import type { Query } from './query.ts'

/** Cells of one part: moving it takes far less than a millisecond. */
const PART_CELLS = 65_536

/** Builds a block whose number of rows is not known: in parts, so that growing never moves it all in one go. */
export interface BlockBuilder {
  /** The part that the row added last is in. */
  part(): Block
  /** Adds a row without values to the current part and returns where its cells begin there. */
  add(labels: Labels, dropName: boolean): number
  /** Takes back the row added last. */
  takeBack(): void
  finish(query: Query): Generator<void, Block>
}

export function createBlockBuilder(steps: number): BlockBuilder {
  const rowsPerPart = Math.max(1, Math.floor(PART_CELLS / steps))
  const parts: Block[] = []
  let current = createBlock(steps)

  return {
    part: () => current,
    add(labels, dropName) {
      if (current.labels.length === rowsPerPart) {
        parts.push(current)
        current = createBlock(steps, rowsPerPart)
      }
      return addRow(current, labels, dropName)
    },
    takeBack: () => removeLastRow(current),
    *finish(query) {
      if (parts.length === 0) return current
      return yield* joinBlocks(query, [...parts.splice(0), current])
    },
  }
}

/** The rows of several blocks in one, moved row by row. */
export function* joinBlocks(query: Query, blocks: readonly Block[]): Generator<void, Block> {
  const steps = blocks[0]?.steps ?? 1
  const rows = blocks.reduce((sum, block) => sum + block.labels.length, 0)
  const joined = createBlock(steps, rows)
  for (const block of blocks) {
    for (let row = 0; row < block.labels.length; row++) {
      if (query.due(steps)) yield
      const from = row * steps
      const base = addRow(joined, block.labels[row] ?? NO_LABELS, block.dropName[row] ?? false)
      for (let step = 0; step < steps; step++) {
        joined.values[base + step] = block.values[from + step] ?? Number.NaN
        joined.present[base + step] = block.present[from + step] ?? 0
      }
    }
  }
  return joined
}
