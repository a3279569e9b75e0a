import type { BatchMetric, Labels } from '@tocsin/contract'
import type { Series } from '../series/series.ts'
import { createPlace, isHistogram, type Place } from './batch-place.ts'
import { sameBounds } from './histogram-series.ts'

/** The places of a batch that describes all it refers to. */
export type RecallPlaces = (
  source: string,
  metrics: readonly BatchMetric[],
  series: readonly (readonly [number, Labels])[],
) => readonly (Place | undefined)[]

// All are forgotten beyond this, and found anew.
const MOST_PLACES = 200_000

/**
 * A source describes mostly the same series at the same places of its batches: comparing labels with those of the
 * series that was last at a place costs a fraction of looking them up.
 */
export function createRecall(): RecallPlaces {
  const bySource = new Map<string, Place[]>()
  let remembered = 0

  function listOf(source: string): Place[] {
    const known = bySource.get(source)
    if (known) return known
    const list: Place[] = []
    bySource.set(source, list)
    return list
  }

  return (source, metrics, series) => {
    if (remembered > MOST_PLACES) {
      bySource.clear()
      remembered = 0
    }
    const list = listOf(source)
    // What is given must not change under who reads it when another batch of the source is read.
    return series.map(([index, labels], at) => {
      const metric = metrics[index]
      if (!metric) return undefined
      const known = list[at]
      if (known && isSame(known, metric, labels)) {
        known.metric = metric
        return known
      }
      const place = createPlace(metric, labels)
      // A list without holes: a place further on is remembered once those before it are.
      if (at > list.length) return place
      if (at === list.length) remembered++
      list[at] = place
      return place
    })
  }
}

function isSame(place: Place, metric: BatchMetric, labels: Labels): boolean {
  if (isHistogram(place)) {
    const { histogram } = place
    return (
      metric.type === 'histogram' &&
      histogram !== undefined &&
      sameBounds(histogram.bounds, metric.buckets ?? []) &&
      hasLabels(histogram.count, `${metric.name}_count`, labels)
    )
  }
  return (
    metric.type !== 'histogram' && place.series !== undefined && hasLabels(place.series, metric.name, labels)
  )
}

function hasLabels(series: Series, name: string, labels: Labels): boolean {
  if (series.dropped || series.labels['__name__'] !== name) return false
  let count = 0
  for (const label in labels) {
    const value = labels[label]
    if (value === '') continue
    // An inherited property of the series' labels is no text, and so never equal.
    if (series.labels[label] !== value) return false
    count++
  }
  for (const _ in series.labels) count--
  return count === -1
}
