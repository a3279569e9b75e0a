/** Bounds how many label sets the spans of one service may make of one metric. */
export interface SeriesLimit {
  /** Whether a label set is, or now becomes, one of those. */
  admit(service: string, metric: string, labelSet: string, nowMs: number): boolean
  /** Label sets that are remembered. */
  size(): number
}

interface Generations {
  current: Set<string>
  previous: Set<string>
  turnedMs: number
}

/** A label set that is not seen for so long, or up to twice as long, makes room. */
const KEPT_MS = 60 * 60_000
/** Services and their metrics; beyond, what was used least recently is forgotten. */
const MOST_BOOKS = 5000

export function createSeriesLimit(most: number): SeriesLimit {
  // In order of use: the first was used least recently.
  const books = new Map<string, Generations>()

  function open(key: string, nowMs: number): Generations {
    const book = books.get(key) ?? { current: new Set(), previous: new Set(), turnedMs: nowMs }
    if (nowMs - book.turnedMs >= KEPT_MS) {
      book.previous = nowMs - book.turnedMs < 2 * KEPT_MS ? book.current : new Set()
      book.current = new Set()
      book.turnedMs = nowMs
    }
    books.delete(key)
    books.set(key, book)
    const oldest = books.keys().next()
    if (books.size > MOST_BOOKS && !oldest.done) books.delete(oldest.value)
    return book
  }

  return {
    admit(service, metric, labelSet, nowMs) {
      const { current, previous } = open(`${metric} ${service}`, nowMs)
      if (current.has(labelSet)) return true
      if (!previous.delete(labelSet) && current.size + previous.size >= most) return false
      current.add(labelSet)
      return true
    },
    size() {
      let size = 0
      for (const { current, previous } of books.values()) size += current.size + previous.size
      return size
    },
  }
}
