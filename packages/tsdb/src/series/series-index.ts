import type { MemorySeries } from './series.ts'

/** The series that have one value of one label, in order of creation. */
export interface Posting {
  readonly name: string
  /** The one instance of the value that all its series share. */
  readonly value: string
  series: MemorySeries[]
  /** Rises with every change, so that what was derived from it can tell whether it still holds. */
  version: number
}

export interface SeriesIndex {
  byKey(key: string): MemorySeries | undefined
  byRef(ref: number): MemorySeries | undefined
  /** Every series, in order of creation. */
  all(): Iterable<MemorySeries>
  size(): number
  /** Rises whenever a series comes or goes. */
  version(): number
  posting(name: string, value: string): Posting | undefined
  /** All values of a label with their series. */
  postings(name: string): ReadonlyMap<string, Posting> | undefined
  names(): Iterable<string>
  add(series: MemorySeries): void
  /** Removes series that are marked as dropped. */
  remove(dropped: readonly MemorySeries[]): void
}

export function createSeriesIndex(): SeriesIndex {
  const keys = new Map<string, MemorySeries>()
  const refs = new Map<number, MemorySeries>()
  const labels = new Map<string, Map<string, Posting>>()
  let version = 0

  function postingFor(name: string, value: string): Posting {
    let values = labels.get(name)
    if (!values) {
      values = new Map()
      labels.set(name, values)
    }
    let posting = values.get(value)
    if (!posting) {
      posting = { name, value, series: [], version: 0 }
      values.set(value, posting)
    }
    return posting
  }

  function affectedBy(dropped: readonly MemorySeries[]): Set<Posting> {
    const affected = new Set<Posting>()
    for (const series of dropped)
      for (const [name, value] of Object.entries(series.labels)) {
        const posting = labels.get(name)?.get(value)
        if (posting) affected.add(posting)
      }
    return affected
  }

  return {
    byKey: (key) => keys.get(key),
    byRef: (ref) => refs.get(ref),
    all: () => refs.values(),
    size: () => refs.size,
    version: () => version,
    posting: (name, value) => labels.get(name)?.get(value),
    postings: (name) => labels.get(name),
    names: () => labels.keys(),
    add(series) {
      version++
      keys.set(series.key, series)
      refs.set(series.ref, series)
      for (const [name, value] of Object.entries(series.labels)) {
        const posting = postingFor(name, value)
        posting.series.push(series)
        posting.version++
      }
    },
    remove(dropped) {
      version++
      for (const series of dropped) {
        keys.delete(series.key)
        refs.delete(series.ref)
      }
      for (const posting of affectedBy(dropped)) {
        posting.series = posting.series.filter((series) => !series.dropped)
        posting.version++
        if (posting.series.length > 0) continue
        const values = labels.get(posting.name)
        values?.delete(posting.value)
        if (values?.size === 0) labels.delete(posting.name)
      }
    },
  }
}
