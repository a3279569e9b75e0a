import type { Labels } from '@tocsin/promql'
import type { Series } from '../series/series.ts'

/** One observation that stands for others, with a trace to look at. */
export interface Exemplar {
  readonly labels: Labels
  readonly value: number
  /** Milliseconds since 1970. */
  readonly timeMs: number
}

/** The newest exemplars of all series, a bounded number of them. */
export interface ExemplarStore {
  /** Keeps an exemplar, unless the series has one as new. */
  add(series: Series, exemplar: Exemplar): void
  /** Those of a series, oldest first. */
  of(series: Series): readonly Exemplar[]
  latest(series: Series): Exemplar | undefined
  entries(): Iterable<readonly [Series, readonly Exemplar[]]>
  forget(series: Series): void
  size(): number
}

const NONE: readonly Exemplar[] = []

/** Beyond `most`, the exemplar goes that was added first, whose ever it is. Prometheus keeps 100,000. */
export function createExemplarStore(most: number): ExemplarStore {
  const bySeries = new Map<Series, Exemplar[]>()
  /** Whose exemplar was added when: a ring, so that the oldest is found at once. */
  const ring: (Series | undefined)[] = []
  let next = 0
  let size = 0

  function dropFirst(series: Series): void {
    const list = bySeries.get(series)
    if (!list) return
    list.shift()
    size--
    if (list.length === 0) bySeries.delete(series)
  }

  return {
    add(series, exemplar) {
      if (most <= 0) return
      const list = bySeries.get(series)
      const last = list?.at(-1)
      if (last && last.timeMs >= exemplar.timeMs) return
      const evicted = ring[next]
      if (evicted) dropFirst(evicted)
      ring[next] = series
      next = (next + 1) % most
      size++
      const kept = bySeries.get(series)
      if (kept) kept.push(exemplar)
      else bySeries.set(series, [exemplar])
    },
    of: (series) => bySeries.get(series) ?? NONE,
    latest: (series) => bySeries.get(series)?.at(-1),
    entries: () => bySeries.entries(),
    forget(series) {
      size -= bySeries.get(series)?.length ?? 0
      // Its places in the ring stay: they find nothing when their turn comes.
      bySeries.delete(series)
    },
    size: () => size,
  }
}
