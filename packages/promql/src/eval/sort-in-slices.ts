import type { Query } from './query.ts'

/** Runs of this length are sorted in one go: far below a millisecond. */
const RUN = 512

/** Sorts as `Array.sort` does, but lets others work in between; stable. */
export function* sortInSlices<T>(
  query: Query,
  items: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<void, T[]> {
  let sorted: T[] = []
  for (let from = 0; from < items.length; from += RUN) {
    if (query.due(RUN * 8)) yield
    sorted.push(...items.slice(from, from + RUN).sort(compare))
  }
  for (let width = RUN; width < items.length; width *= 2) {
    const merged: T[] = []
    for (let from = 0; from < items.length; from += 2 * width) {
      yield* mergeRuns(
        query,
        sorted,
        from,
        Math.min(from + width, items.length),
        Math.min(from + 2 * width, items.length),
        compare,
        merged,
      )
    }
    sorted = merged
  }
  return sorted
}

function* mergeRuns<T>(
  query: Query,
  items: readonly T[],
  from: number,
  middle: number,
  to: number,
  compare: (a: T, b: T) => number,
  merged: T[],
): Generator<void> {
  let left = from
  let right = middle
  while (left < middle || right < to) {
    if (query.due(8)) yield
    const a = items[left]
    const b = items[right]
    const takeLeft =
      right >= to || (left < middle && a !== undefined && b !== undefined && compare(a, b) <= 0)
    const next = takeLeft ? items[left++] : items[right++]
    if (next !== undefined) merged.push(next)
  }
}
