import { type BatchHead, ENDS_SERIES, type SampleColumns } from '@tocsin/contract'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import type { SeriesLane } from '../series/series-lane.ts'
import { describe, findSeriesOf, isHistogram, isResolved, type Place, resolvePlace } from './batch-place.ts'
import type { DictionaryBook } from './dictionary-book.ts'
import { bucketOf } from './histogram-series.ts'
import {
  type IngestRefusal,
  type IngestResult,
  type MessageContext,
  type Refusal,
  refuse,
} from './ingest-outcome.ts'
import { createRecall } from './recall-places.ts'
import type { RecentIds } from './recent-ids.ts'
import { isInTime, refuseTime, type TimeLimits } from './time-window.ts'
import { beginAt, raise, refuseLate, writeLevel } from './write-series.ts'

export interface BatchWriter {
  write(batch: BatchHead, samples: SampleColumns, context: MessageContext): IngestResult
}

/** What the numbers of a batch stand for: places from `first` on. */
interface Places {
  readonly first: number
  /** What came before this reader began is missing. */
  readonly partial: boolean
  readonly list: readonly (Place | undefined)[]
  /** The quick way to the series of levels, where the numbers are those of a dictionary. */
  readonly lane?: SeriesLane
}

/** Writes batches. Of cumulative samples repeats and losses do no harm; deltas count once for each id of a batch. */
export function createBatchWriter(
  head: Head,
  limits: TimeLimits,
  ids: RecentIds,
  dictionaries: DictionaryBook,
): BatchWriter {
  const recall = createRecall()

  function placesOf(batch: BatchHead, source: string): Places {
    const { dictionary } = batch
    if (dictionary) {
      const { firstMetric, firstPlace, places, lane } = dictionaries.open(batch, dictionary, source)
      return { first: firstPlace, partial: firstMetric > 0 || firstPlace > 0, list: places, lane }
    }
    for (const metric of batch.metrics) head.metadata.declare(metric.name, metric)
    return { first: 0, partial: false, list: recall(source, batch.metrics, batch.series) }
  }

  /** Writes the zero that a counter or histogram began with, where that is not known yet. */
  function begin(place: Place, createdMs: number, { source, receivedAtMs }: MessageContext): void {
    if (createdMs > receivedAtMs || resolvePlace(head, place, source)) return
    // What began before the time that is kept open has its zero in the past that is closed.
    const open = createdMs >= receivedAtMs - limits.maxAgeMs
    for (const series of seriesOf(place)) {
      if (open && createdMs > series.lastTimeMs) beginAt(head, series, createdMs)
      else if (!(createdMs <= series.createdMs)) head.setCreated(series, createdMs)
    }
  }

  function writeSample(
    place: Place,
    samples: SampleColumns,
    i: number,
    time: number,
    context: MessageContext,
  ): Refusal | undefined {
    const { receivedAtMs, source } = context
    const late = refuseTime(time, receivedAtMs, limits)
    if (late) return late
    const size = samples.sizes[i] ?? 0
    if (size === ENDS_SERIES) return end(place, time)
    if (!isResolved(place)) {
      const refusal = resolvePlace(head, place, source)
      if (refusal) return refusal
    }
    const start = samples.starts[i] ?? 0
    const isDelta = place.metric.temporality === 'delta'
    const at = isDelta ? Math.min(time, receivedAtMs) : time
    const { histogram, series } = place
    if (histogram) {
      if (size !== histogram.buckets.length) return refuseCounts(place, size)
      return writeHistogram(place, samples, start, at, isDelta)
    }
    if (size > 0) return refuseCounts(place, size)
    if (!series) return undefined
    const value = samples.numbers[start] ?? 0
    return isDelta ? raise(head, series, value, at) : writeLevel(head, series, value, at)
  }

  /** Most samples are levels, one after the other; false for the others. */
  function appendQuickly(
    lane: SeriesLane,
    number: number,
    { sizes, starts, numbers }: SampleColumns,
    i: number,
    time: number,
    { receivedAtMs }: MessageContext,
  ): boolean {
    if (sizes[i] !== 0 || !isInTime(time, receivedAtMs, limits)) return false
    return lane.append(number, time, numbers[starts[i] ?? 0] ?? 0)
  }

  function writeHistogram(
    { histogram }: Place,
    { numbers }: SampleColumns,
    start: number,
    at: number,
    isDelta: boolean,
  ): Refusal | undefined {
    if (!histogram) return undefined
    const { buckets, sum, count } = histogram
    const write = isDelta ? raise : writeLevel
    for (let k = 0; k < buckets.length; k++) {
      const bucket = buckets[k]
      const refusal = bucket && write(head, bucket, numbers[start + k] ?? 0, at)
      if (refusal) return refusal
    }
    const total = numbers[start + buckets.length - 1] ?? 0
    return write(head, sum, numbers[start + buckets.length] ?? 0, at) ?? write(head, count, total, at)
  }

  /** What the head does not have need not be made in order to end. */
  function end(place: Place, time: number): Refusal | undefined {
    for (const series of findSeriesOf(head, place)) {
      const refusal = refuseLate(head.appendStale(series, time))
      if (refusal) return refusal
    }
    return undefined
  }

  function addExemplars(batch: BatchHead, { first, list }: Places, batchTime: number): void {
    for (const [number, labels, value, time = batchTime] of batch.exemplars ?? []) {
      const place = list[number - first]
      if (!place || !isResolved(place)) continue
      const { histogram } = place
      const series = histogram ? bucketOf(histogram, value) : place.series
      if (series) head.addExemplar(series, { labels, value, timeMs: time })
    }
  }

  return {
    write(batch, samples, context) {
      for (const said of batch.metadata ?? []) head.metadata.declare(said.name, said)
      const places = placesOf(batch, context.source)
      const { first, partial, list, lane } = places
      const batchTime = Date.parse(batch.time)
      for (const [number, createdMs] of batch.created ?? []) {
        const place = list[number - first]
        if (place) begin(place, createdMs, context)
      }
      const repeated = ids.has(batch.id, context.receivedAtMs)
      const refused: IngestRefusal[] = []
      let duplicates = 0
      let undescribed = 0
      let deltas = false
      for (let i = 0; i < samples.count; i++) {
        const number = samples.places[i] ?? 0
        const given = samples.times[i] ?? Number.NaN
        const time = Number.isNaN(given) ? batchTime : given
        if (lane && appendQuickly(lane, number - first, samples, i, time, context)) continue
        const place = list[number - first]
        if (!place) {
          if (partial) undescribed++
          else refused.push({ ...refuseUnknown(number), index: i })
          continue
        }
        if (place.metric.temporality === 'delta') {
          deltas = true
          if (repeated) {
            duplicates++
            continue
          }
        }
        const refusal = writeSample(place, samples, i, time, context)
        if (refusal) refused.push({ ...refusal, index: i, series: describe(place) })
        else if (lane && isLevel(place)) lane.set(number - first, place.series)
      }
      if (deltas && !repeated) ids.add(batch.id, context.receivedAtMs)
      addExemplars(batch, places, batchTime)
      return {
        accepted: samples.count - duplicates - undescribed - refused.length,
        duplicates,
        undescribed,
        refused,
      }
    },
  }
}

/** Whether its samples are written as they come. */
function isLevel(place: Place): place is Place & { readonly series: Series } {
  return place.series !== undefined && !place.series.dropped && place.metric.temporality !== 'delta'
}

function seriesOf({ series, histogram }: Place): readonly Series[] {
  if (histogram) return [...histogram.buckets, histogram.sum, histogram.count]
  return series ? [series] : []
}

function refuseUnknown(number: number): Refusal {
  return refuse('unknown_series', `the sample refers to series ${number}, which no batch has described`)
}

function refuseCounts(place: Place, size: number): Refusal {
  const { name, buckets = [] } = place.metric
  return refuse(
    'bucket_conflict',
    isHistogram(place)
      ? `histogram ${name} has ${buckets.length} bounds and the sample ${size} counts: give one more count than bounds`
      : `metric ${name} is no histogram and the sample has ${size} bucket counts: give a number`,
  )
}
