import type { Labels } from '@tocsin/promql'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import { type Refusal, refuse } from './ingest-outcome.ts'

export type AddDelta = (labels: Labels, delta: number, time: number, source: string) => Refusal | undefined

/** Adds deltas up: the newest sample of a series is its sum so far, so that nothing but the head need survive. */
export function createDeltaCounter(head: Head): AddDelta {
  return (labels, delta, time, source) => {
    const series = head.intern(labels, source)
    if ('refused' in series) return refuse(series.refused, series.detail)
    return raise(head, series, delta, time)
  }
}

/**
 * Raises a cumulative series by a delta at a time, or at its newest sample when that is later: a delta that comes
 * late counts, and the sum never falls. Where the series begins, a 0 stands 1 ms before: `increase` sees the first.
 */
export function raise(head: Head, series: Series, delta: number, time: number): Refusal | undefined {
  const begins = series.lastTimeMs === Number.NEGATIVE_INFINITY || series.lastIsStale
  const at = Math.max(time, series.lastTimeMs + (series.lastIsStale ? 2 : 0))
  if (begins) head.append(series, at - 1, 0)
  const outcome = head.append(series, at, (begins ? 0 : series.lastValue) + delta)
  if (outcome === 'too_old' || outcome === 'invalid_time' || outcome === 'dropped')
    return refuse('too_old', 'the event is past retention')
  return undefined
}
