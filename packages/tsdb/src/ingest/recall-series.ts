import type { Labels } from '@tocsin/promql'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import type { SeriesRefusal } from '../series/series-limits.ts'
import { withName } from './ingest-event.ts'

/** Finds the series at one place of a source's batch. */
export type RecallSeries = (
  source: string,
  place: number,
  name: string,
  labels: Labels,
) => Series | SeriesRefusal

interface Recalled {
  readonly series: Series
  readonly labelCount: number
}

// All are forgotten beyond this, and found anew.
const MOST_PLACES = 200_000

/**
 * A source describes mostly the same series at the same places of its batches: comparing labels with those of the
 * series that was last at a place costs a fraction of looking them up.
 */
export function createRecall(head: Head): RecallSeries {
  const bySource = new Map<string, Recalled[]>()
  let places = 0

  function remember(source: string, place: number, series: Series): void {
    if (places >= MOST_PLACES) {
      bySource.clear()
      places = 0
    }
    const recalled = bySource.get(source) ?? []
    // A list without holes: a place further on is remembered once those before it are.
    if (place > recalled.length) return
    if (place === recalled.length) places++
    bySource.set(source, recalled)
    recalled[place] = { series, labelCount: Object.keys(series.labels).length }
  }

  return (source, place, name, labels) => {
    const recalled = bySource.get(source)?.[place]
    if (recalled && isSeries(recalled, name, labels)) return recalled.series
    const series = head.intern(withName(name, labels), source)
    if ('ref' in series) remember(source, place, series)
    return series
  }
}

function isSeries({ series, labelCount }: Recalled, name: string, labels: Labels): boolean {
  if (series.dropped || series.name !== name) return false
  // An inherited property of the series' labels is no text, and so never equal.
  let count = 1
  for (const label in labels) {
    if (series.labels[label] !== labels[label]) return false
    count++
  }
  return count === labelCount
}
