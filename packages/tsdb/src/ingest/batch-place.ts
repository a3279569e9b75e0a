import type { BatchMetric, Labels } from '@tocsin/contract'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import { findHistogram, type HistogramSeries, internHistogram, isWhole } from './histogram-series.ts'
import { type DescribedSeries, type Refusal, refuse } from './ingest-outcome.ts'
import { refuseType, withName } from './write-series.ts'

/** What one number of a batch, or of a dictionary, stands for. */
export interface Place {
  metric: BatchMetric
  /** As they were described; let go once the series itself says them. */
  labels: Labels | undefined
  /** What a level is written to. */
  series: Series | undefined
  histogram: HistogramSeries | undefined
}

export function createPlace(metric: BatchMetric, labels: Labels): Place {
  return { metric, labels, series: undefined, histogram: undefined }
}

export const isHistogram = ({ metric }: Place): boolean => metric.type === 'histogram'

/** Whether the head still has the series that a place stands for. */
export function isResolved({ series, histogram }: Place): boolean {
  if (series) return !series.dropped
  return histogram !== undefined && isWhole(histogram)
}

/** Finds or makes the series that a place stands for. */
export function resolvePlace(head: Head, place: Place, source: string): Refusal | undefined {
  if (isResolved(place)) return undefined
  const { metric } = place
  const refusal = refuseType(head, metric)
  if (refusal) return refusal
  const { labels } = describe(place)
  if (isHistogram(place)) {
    const histogram = internHistogram(head, metric.name, labels, metric.buckets ?? [], source)
    if ('reason' in histogram) return histogram
    place.histogram = histogram
  } else {
    const series = head.intern(withName(metric.name, labels), source)
    if ('refused' in series) return refuse(series.refused, series.detail)
    place.series = series
  }
  place.labels = undefined
  return undefined
}

/** The series that a place stands for, as far as the head has them. */
export function findSeriesOf(head: Head, place: Place): readonly Series[] {
  const { histogram, series } = place
  if (histogram) return [...histogram.buckets, histogram.sum, histogram.count].filter(isThere)
  if (series) return [series].filter(isThere)
  const { metric, labels } = describe(place)
  if (isHistogram(place)) return findHistogram(head, metric.name, labels, metric.buckets ?? [])
  const found = head.find(withName(metric.name, labels))
  return found ? [found] : []
}

const isThere = ({ dropped }: Series): boolean => !dropped

/** What a place was described as. */
export function describe({ metric, labels, series, histogram }: Place): DescribedSeries {
  if (labels) return { metric, labels }
  const { __name__: _, ...own } = (histogram?.count ?? series)?.labels ?? {}
  return { metric, labels: own }
}
