import type { Family, FamilySample } from './family.ts'

/**
 * Two sorted lists of families as one. A family in both is one family, described by `first`; a series in both
 * is `first`'s.
 */
export function* mergeFamilies(first: Iterable<Family>, second: Iterable<Family>): Generator<Family> {
  const left = first[Symbol.iterator]()
  const right = second[Symbol.iterator]()
  let a = left.next()
  let b = right.next()
  while (!a.done || !b.done) {
    if (b.done || (!a.done && a.value.name < b.value.name)) {
      if (!a.done) yield a.value
      a = left.next()
    } else if (a.done || b.value.name < a.value.name) {
      yield b.value
      b = right.next()
    } else {
      yield { ...a.value, batches: mergeBatches(a.value.batches, b.value.batches) }
      a = left.next()
      b = right.next()
    }
  }
}

function* mergeBatches(
  first: Family['batches'],
  second: Family['batches'],
): Generator<readonly FamilySample[]> {
  const taken = new Set<string>()
  for (const batch of first) {
    for (const { series } of batch) taken.add(series.text)
    yield batch
  }
  for (const batch of second) yield batch.filter(({ series }) => !taken.has(series.text))
}
