/** Sorted in one go: far below a millisecond. */
const RUN = 512
/** Merged in one step. */
const MERGED = 4096

/** Sorts as `Array.sort` does, stable, in steps of a fraction of a millisecond, so that others can work in between. */
export function* sortInSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Generator<void, T[]> {
  let sorted: T[] = []
  for (let from = 0; from < items.length; from += RUN) {
    for (const item of items.slice(from, from + RUN).sort(compare)) sorted.push(item)
    yield
  }
  for (let width = RUN; width < items.length; width *= 2) {
    const merged: T[] = []
    for (let from = 0; from < items.length; from += 2 * width) {
      const middle = Math.min(from + width, items.length)
      yield* mergeRuns(sorted, from, middle, Math.min(from + 2 * width, items.length), compare, merged)
    }
    sorted = merged
  }
  return sorted
}

function* mergeRuns<T>(
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
    const a = items[left]
    const b = items[right]
    const takeLeft =
      right >= to || (left < middle && a !== undefined && b !== undefined && compare(a, b) <= 0)
    const next = takeLeft ? items[left++] : items[right++]
    if (next !== undefined) merged.push(next)
    if (merged.length % MERGED === 0) yield
  }
}
