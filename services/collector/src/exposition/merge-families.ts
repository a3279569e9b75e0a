import type { Family, FamilySample } from './family.ts'
import { writeSeries } from './write-series.ts'

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
      yield { ...a.value, samples: mergeSamples(a.value.samples, b.value.samples) }
      a = left.next()
      b = right.next()
    }
  }
}

function* mergeSamples(first: Iterable<FamilySample>, second: Iterable<FamilySample>) {
  const taken = new Set<string>()
  for (const sample of first) {
    taken.add(writeSeries(sample.name, sample.labels).text)
    yield sample
  }
  for (const sample of second) {
    if (!taken.has(writeSeries(sample.name, sample.labels).text)) yield sample
  }
}
