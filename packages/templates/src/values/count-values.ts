import type { Value } from './value.ts'

/** How many values are in a value. */
export function countValues(value: Value): number {
  if (typeof value !== 'object' || value === null) return 1
  const inner =
    value.kind === 'list'
      ? value.items
      : value.kind === 'map'
        ? Object.values(value.entries)
        : value.kind === 'struct'
          ? Object.values(value.fields)
          : []
  return inner.reduce<number>((count, item) => count + countValues(item), 1)
}
