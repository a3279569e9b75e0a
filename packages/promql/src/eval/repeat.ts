import { addRow, createBlock, type Value } from './block.ts'
import type { Query } from './query.ts'

/** One evaluated step, repeated at every step of a longer frame. */
export function* repeat(query: Query, value: Value, steps: number): Generator<void, Value> {
  if (value.kind === 'string') return value
  if (value.kind === 'scalar')
    return { kind: 'scalar', values: new Float64Array(steps).fill(value.values[0] ?? 0) }
  const repeated = createBlock(steps, value.block.labels.length)
  for (const [row, labels] of value.block.labels.entries()) {
    if (query.due(steps)) yield
    const base = addRow(repeated, labels, value.block.dropName[row] ?? false)
    repeated.values.fill(value.block.values[row] ?? Number.NaN, base, base + steps)
    repeated.present.fill(value.block.present[row] ?? 0, base, base + steps)
  }
  return { kind: 'vector', block: repeated }
}
