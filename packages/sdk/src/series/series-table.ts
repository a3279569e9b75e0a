import type { Entry } from '../publish/prom-client.ts'

/** One label combination of a metric: where it is counted, and what readers know of it. */
export interface Series {
  /** prom-client's key of it. */
  readonly key: string
  /** prom-client's own record, which also the application's `/metrics` shows. */
  entry: Entry
  /** When it began at zero, in ms since 1970; undefined when it may have begun before we looked. */
  readonly born: number | undefined
  /** Removed: whoever holds it looks for its successor. */
  gone: boolean
  /** Waits to be published. */
  changed: boolean
  /** Since the last batch, one observation of each bucket that has a trace. */
  exemplars: (SeriesExemplar | undefined)[] | undefined
  readonly told: Told
}

/** What readers were told of a series, by whoever publishes it. */
export interface Told {
  /** Its own labels as JSON; null when the contract refuses them, undefined until somebody asks. */
  labelsJson: string | null | undefined
  /** The edition of the dictionary that described it last, 0 for none, and its first place there. */
  edition: number
  place: number
  /** The edition that said when it began. */
  bornEdition: number
  /** Two numbers that differ whenever its level does. */
  version: readonly [number, number] | undefined
}

/** An observation that stands for others of its bucket. */
export interface SeriesExemplar {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Milliseconds since 1970. */
  readonly time: number
}

/** The series of one metric, what of them changed, and which ended. */
export interface SeriesTable {
  readonly size: number
  /** Changed since they were published. */
  readonly changed: ReadonlySet<Series>
  /** Ended, and readers have not been told yet. */
  readonly ended: ReadonlyMap<string, Series>
  all(): Iterable<Series>
  get(key: string): Series | undefined
  /** Adds a series, which counts as changed. */
  add(key: string, entry: Entry, born?: number): Series
  mark(series: Series): void
  /** It is being published. */
  unmark(series: Series): void
  remove(key: string): void
  clear(): void
  /** The metric is published no more: readers are told that what they know of it has ended. */
  endAll(): void
  /** It is published again. */
  resume(): void
  /** Readers were told that the series ended. */
  forget(series: Series): void
}

/** Makes an empty table; `touch` is called when a series changes that nobody waited to publish. */
export function createSeriesTable(touch: () => void): SeriesTable {
  const living = new Map<string, Series>()
  const changed = new Set<Series>()
  const ended = new Map<string, Series>()

  function mark(series: Series): void {
    if (series.changed) return
    series.changed = true
    changed.add(series)
    touch()
  }

  function unmark(series: Series): void {
    series.changed = false
    changed.delete(series)
  }

  function end(series: Series): void {
    series.gone = true
    unmark(series)
    // Readers know nothing of what was never described.
    if (series.told.edition === 0) return
    ended.set(series.key, series)
    touch()
  }

  return {
    get size() {
      return living.size
    },
    changed,
    ended,
    all: () => living.values(),
    get: (key) => living.get(key),
    add(key, entry, born) {
      // One that ended and begins again at once goes on for readers: two values at one time would contradict.
      const { told = nothingTold() } = ended.get(key) ?? {}
      ended.delete(key)
      told.bornEdition = 0
      const series = { key, entry, born, gone: false, changed: false, exemplars: undefined, told }
      living.set(key, series)
      mark(series)
      return series
    },
    mark,
    unmark,
    remove(key) {
      const series = living.get(key)
      if (series === undefined) return
      living.delete(key)
      end(series)
    },
    clear() {
      const all = [...living.values()]
      living.clear()
      for (const series of all) end(series)
    },
    endAll() {
      for (const series of living.values()) if (series.told.edition > 0) ended.set(series.key, series)
      if (ended.size > 0) touch()
    },
    resume() {
      for (const series of living.values()) {
        ended.delete(series.key)
        mark(series)
      }
    },
    forget(series) {
      if (ended.get(series.key) === series) ended.delete(series.key)
    },
  }
}

const nothingTold = (): Told => ({
  labelsJson: undefined,
  edition: 0,
  place: 0,
  bornEdition: 0,
  version: undefined,
})
