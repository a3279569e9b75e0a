import { QueryError } from '../errors.ts'
import type { Labels } from '../storage.ts'
import { dropMetricName, labelsKey } from './labels.ts'

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

export function createBlock(steps: number, capacity = 4): Block {
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

const SAME_LABELSET = 'vector cannot contain metrics with the same labelset'

/**
 * Removes the metric names that are due, and joins rows that are equal then.
 * @throws QueryError when two of them have a value at the same step
 */
export function settleNames(block: Block): Block {
  for (let row = 0; row < block.labels.length; row++) {
    const labels = block.labels[row]
    if (block.dropName[row] && labels) block.labels[row] = dropMetricName(labels)
    block.dropName[row] = false
  }
  return mergeEqualRows(block)
}

/** Joins rows with equal labels. @throws QueryError when two have a value at the same step */
export function mergeEqualRows(block: Block): Block {
  if (block.labels.length < 2) return block
  const rows = new Map<string, number>()
  for (let row = 0; row < block.labels.length; row++) {
    const key = labelsKey(block.labels[row] ?? {})
    if (!rows.has(key)) rows.set(key, row)
  }
  if (rows.size === block.labels.length) return block
  const merged = createBlock(block.steps, rows.size)
  const targets = new Map<number, number>()
  for (const row of rows.values()) {
    targets.set(row, addRow(merged, block.labels[row] ?? {}, block.dropName[row] ?? false))
  }
  for (let row = 0; row < block.labels.length; row++) {
    const first = rows.get(labelsKey(block.labels[row] ?? {})) ?? row
    copyCells(block, row, merged, targets.get(first) ?? 0)
  }
  return merged
}

function copyCells(from: Block, row: number, to: Block, base: number): void {
  for (let step = 0; step < from.steps; step++) {
    const cell = row * from.steps + step
    if (from.present[cell] !== 1) continue
    if (to.present[base + step] === 1) throw new QueryError('execution', SAME_LABELSET)
    setCell(to, base + step, from.values[cell] ?? Number.NaN)
  }
}

/** One evaluated step, repeated at every step of a longer frame. */
export function repeat(value: Value, steps: number): Value {
  if (value.kind === 'string') return value
  if (value.kind === 'scalar')
    return { kind: 'scalar', values: new Float64Array(steps).fill(value.values[0] ?? 0) }
  const repeated = createBlock(steps, value.block.labels.length)
  for (const [row, labels] of value.block.labels.entries()) {
    const base = addRow(repeated, labels, value.block.dropName[row] ?? false)
    repeated.values.fill(value.block.values[row] ?? Number.NaN, base, base + steps)
    repeated.present.fill(value.block.present[row] ?? 0, base, base + steps)
  }
  return { kind: 'vector', block: repeated }
}
