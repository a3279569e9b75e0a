import type { Labels } from '@tocsin/promql'
import { hasLabels } from './label-hash.ts'
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
  /** The series with these labels and their hash. */
  find(hash: number, labels: Labels): MemorySeries | undefined
  byRow(row: number): MemorySeries | undefined
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
  /** Removes series, which still have their rows. */
  remove(dropped: ReadonlySet<MemorySeries>): void
}

export function createSeriesIndex(): SeriesIndex {
  const byHash = new Map<number, MemorySeries | MemorySeries[]>()
  const ordered = new Set<MemorySeries>()
  const rows: (MemorySeries | undefined)[] = []
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

  function addHash(series: MemorySeries): void {
    const known = byHash.get(series.hash)
    if (known === undefined) byHash.set(series.hash, series)
    else if (Array.isArray(known)) known.push(series)
    else byHash.set(series.hash, [known, series])
  }

  function removeHash(series: MemorySeries): void {
    const known = byHash.get(series.hash)
    if (Array.isArray(known) && known.length > 1) known.splice(known.indexOf(series), 1)
    else byHash.delete(series.hash)
  }

  function affectedBy(dropped: Iterable<MemorySeries>): Set<Posting> {
    const affected = new Set<Posting>()
    for (const series of dropped)
      for (const [name, value] of Object.entries(series.labels)) {
        const posting = labels.get(name)?.get(value)
        if (posting) affected.add(posting)
      }
    return affected
  }

  return {
    find(hash, wanted) {
      const known = byHash.get(hash)
      if (known === undefined) return undefined
      if (Array.isArray(known)) return known.find((series) => hasLabels(series.labels, wanted))
      return hasLabels(known.labels, wanted) ? known : undefined
    },
    byRow: (row) => rows[row],
    all: () => ordered,
    size: () => ordered.size,
    version: () => version,
    posting: (name, value) => labels.get(name)?.get(value),
    postings: (name) => labels.get(name),
    names: () => labels.keys(),
    add(series) {
      version++
      addHash(series)
      ordered.add(series)
      rows[series.row] = series
      for (const name in series.labels) {
        const posting = postingFor(name, series.labels[name] ?? '')
        posting.series.push(series)
        posting.version++
      }
    },
    remove(dropped) {
      version++
      for (const series of dropped) {
        removeHash(series)
        ordered.delete(series)
        rows[series.row] = undefined
      }
      for (const posting of affectedBy(dropped)) {
        posting.series = posting.series.filter((series) => !dropped.has(series))
        posting.version++
        if (posting.series.length > 0) continue
        const values = labels.get(posting.name)
        values?.delete(posting.value)
        if (values?.size === 0) labels.delete(posting.name)
      }
    },
  }
}
