import type { Labels } from '../storage.ts'

/** The times an expression is evaluated at: `steps` times, `stepMs` apart. */
export interface Frame {
  readonly startMs: number
  readonly stepMs: number
  readonly steps: number
}

/** An instant vector at every step: row by row, one value per step where `present` is 1. */
export interface Block {
  readonly steps: number
  readonly labels: Labels[]
  /** Rows whose metric name goes away at the end of the query. */
  readonly dropName: boolean[]
  values: Float64Array
  present: Uint8Array
}

/** What an expression evaluates to; a scalar has a value at every step. */
export type Value =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'vector'; readonly block: Block }
  | { readonly kind: 'string'; readonly value: string }

/** Rows an instant vector has room for at first: most results are smaller. */
const FIRST_ROWS = 32

export function createBlock(steps: number, capacity = steps === 1 ? FIRST_ROWS : 4): Block {
  return {
    steps,
    labels: [],
    dropName: [],
    values: new Float64Array(steps * capacity),
    present: new Uint8Array(steps * capacity),
  }
}

/** Adds a row without values and returns where its cells begin. */
export function addRow(block: Block, labels: Labels, dropName: boolean): number {
  const base = block.labels.length * block.steps
  block.labels.push(labels)
  block.dropName.push(dropName)
  const needed = base + block.steps
  if (needed > block.values.length) {
    const size = Math.max(needed, block.values.length * 2)
    const values = new Float64Array(size)
    values.set(block.values)
    block.values = values
    const present = new Uint8Array(size)
    present.set(block.present)
    block.present = present
  }
  return base
}

/** Takes back the row added last, when it turned out to have no values. */
export function removeLastRow(block: Block): void {
  block.labels.pop()
  block.dropName.pop()
}

export function setCell(block: Block, cell: number, value: number): void {
  block.values[cell] = value
  block.present[cell] = 1
}

export function hasValues(block: Block, row: number): boolean {
  const base = row * block.steps
  for (let cell = base; cell < base + block.steps; cell++) if (block.present[cell] === 1) return true
  return false
}
