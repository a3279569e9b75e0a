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
/** Of all services; beyond, those of the service that was seen least recently are forgotten. */
const MOST_REMEMBERED = 200_000

export function createSeriesLimit(most: number, mostRemembered = MOST_REMEMBERED): SeriesLimit {
  // In order of use: the first was used least recently.
  const books = new Map<string, Generations>()
  let remembered = 0

  function open(key: string, nowMs: number): Generations {
    const book = books.get(key) ?? { current: new Set(), previous: new Set(), turnedMs: nowMs }
    if (nowMs - book.turnedMs >= KEPT_MS) turn(book, nowMs)
    books.delete(key)
    books.set(key, book)
    return book
  }

  function turn(book: Generations, nowMs: number): void {
    const before = sizeOf(book)
    book.previous = nowMs - book.turnedMs < 2 * KEPT_MS ? book.current : new Set()
    book.current = new Set()
    book.turnedMs = nowMs
    remembered -= before - sizeOf(book)
  }

  function makeRoom(present: Generations): void {
    for (const [key, book] of books) {
      if (remembered < mostRemembered || book === present) return
      remembered -= sizeOf(book)
      books.delete(key)
    }
  }

  return {
    admit(service, metric, labelSet, nowMs) {
      const book = open(`${metric} ${service}`, nowMs)
      const { current, previous } = book
      if (current.has(labelSet)) return true
      if (previous.delete(labelSet)) remembered--
      else if (current.size + previous.size >= most) return false
      makeRoom(book)
      current.add(labelSet)
      remembered++
      return true
    },
    size: () => remembered,
  }
}

function sizeOf({ current, previous }: Generations): number {
  return current.size + previous.size
}
