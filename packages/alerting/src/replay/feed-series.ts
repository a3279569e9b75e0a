import { createRuleIndex, isStaleAt, type Labels } from '@tocsin/promql'
import type { Head, Series } from '@tocsin/tsdb'
import type { PlacedGroup } from '../rules/rule-set.ts'

/** Samples of a series in order of time; a staleness marker ends it. Milliseconds. */
export interface FedSeries {
  readonly labels: Labels
  readonly timestamps: ArrayLike<number>
  readonly values: Float64Array
}

/** Lets samples come as time passes, so that rules see what was there at each of their times. */
export interface SeriesFeed {
  /** More samples, of series that are known or new. @throws RangeError when the head refuses a series */
  add(series: Iterable<FedSeries>): void
  /** Everything up to `atMs`, inclusive, has come. */
  advance(atMs: number): void
}

interface Source {
  readonly fed: FedSeries
  readonly series: Series
  next: number
}

// Evaluations reach back from a step to samples that came since the one before.
const SLACK_MS = 60_000
const LONGEST_RAW_MS = 60 * 60_000

/** Makes a feed of a head, which keeps raw what these rules read. */
export function createSeriesFeed(head: Head, groups: readonly PlacedGroup[]): SeriesFeed {
  const index = createRuleIndex<unknown>()
  for (const { rules } of groups) for (const rule of rules) index.add(rule.rule.query.compiled, rule)
  let sources: Source[] = []

  function open(fed: FedSeries): Source {
    const series = head.intern(fed.labels, 'replay')
    if (!('ref' in series)) throw new RangeError(series.detail)
    const { reachMs } = index.readersOf(series.labels)
    if (reachMs > 0) head.keepRaw(series, Math.min(reachMs, LONGEST_RAW_MS) + SLACK_MS)
    return { fed, series, next: 0 }
  }

  function pour(source: Source, atMs: number): void {
    const { fed, series } = source
    const { timestamps, values } = fed
    for (; source.next < timestamps.length; source.next++) {
      const timeMs = timestamps[source.next] ?? Number.NaN
      if (timeMs > atMs) return
      if (isStaleAt(values, source.next)) head.appendStale(series, timeMs)
      else head.append(series, timeMs, values[source.next] ?? Number.NaN)
    }
  }

  return {
    add(all) {
      for (const fed of all) sources.push(open(fed))
    },
    advance(atMs) {
      let done = 0
      for (const source of sources) {
        pour(source, atMs)
        if (source.next >= source.fed.timestamps.length) done++
      }
      if (done > sources.length / 2) sources = sources.filter(({ fed, next }) => next < fed.timestamps.length)
    },
  }
}
