import type { Family } from './family.ts'

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
      yield mergeFamily(a.value, b.value)
      a = left.next()
      b = right.next()
    }
  }
}

function mergeFamily(first: Family, second: Family): Family {
  return {
    ...first,
    *write(lines, except) {
      yield* first.write(lines, except)
      yield* second.write(lines, new Set(first.texts()))
    },
    *texts() {
      yield* first.texts()
      yield* second.texts()
    },
  }
}
