import { labelValue } from './eval/labels.ts'
import { type Labels, type Matcher, matchLabels } from './storage.ts'

/** Finds the selectors that a series satisfies without trying them all. */
export interface SelectorIndex<T> {
  add(matchers: readonly Matcher[], entry: T): void
  remove(entry: T): void
  /** The entries whose matchers all hold for these labels. */
  find(labels: Labels): T[]
}

interface Indexed<T> {
  readonly matchers: readonly Matcher[]
  readonly entry: T
}

/**
 * Each selector waits under one of its values: of an equality, best not the metric's name, which many
 * rules share. A selector without equalities is tried for every series.
 */
export function createSelectorIndex<T>(): SelectorIndex<T> {
  const byValue = new Map<string, Map<string, Set<Indexed<T>>>>()
  const others = new Set<Indexed<T>>()
  const places = new Map<T, { readonly bucket: Set<Indexed<T>>; readonly indexed: Indexed<T> }[]>()

  function bucketOf(matchers: readonly Matcher[]): Set<Indexed<T>> {
    const equalities = matchers.filter(({ type, value }) => type === '=' && value !== '')
    const chosen = equalities.find(({ name }) => name !== '__name__') ?? equalities[0]
    if (!chosen) return others
    const values = byValue.get(chosen.name) ?? new Map<string, Set<Indexed<T>>>()
    byValue.set(chosen.name, values)
    const bucket = values.get(chosen.value) ?? new Set<Indexed<T>>()
    values.set(chosen.value, bucket)
    return bucket
  }

  return {
    add(matchers, entry) {
      const bucket = bucketOf(matchers)
      const indexed = { matchers, entry }
      bucket.add(indexed)
      places.set(entry, [...(places.get(entry) ?? []), { bucket, indexed }])
    },
    remove(entry) {
      for (const { bucket, indexed } of places.get(entry) ?? []) bucket.delete(indexed)
      places.delete(entry)
    },
    find(labels) {
      const found: T[] = []
      const tryAll = (bucket: Set<Indexed<T>> | undefined): void => {
        for (const { matchers, entry } of bucket ?? []) if (matchLabels(labels, matchers)) found.push(entry)
      }
      for (const [name, values] of byValue) tryAll(values.get(labelValue(labels, name)))
      tryAll(others)
      return found
    },
  }
}
