import type { EventColumns, EventKind, Labels } from '@tocsin/contract'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import {
  boundsInHead,
  type HistogramSeries,
  internHistogram,
  isWhole,
  sameBounds,
} from './histogram-series.ts'
import {
  type IngestRefusal,
  type IngestResult,
  type MessageContext,
  type Refusal,
  refuse,
} from './ingest-outcome.ts'
import type { RecentIds } from './recent-ids.ts'
import { refuseTime, type TimeLimits } from './time-window.ts'
import { raise, refuseLe, refuseType, withName, writeLevel } from './write-series.ts'

/** The buckets of an observation whose series has none yet: prom-client's own default. */
export const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface EventWriter {
  write(events: EventColumns, context: MessageContext): IngestResult
}

/** Where the events of one kind go; kept with the kind. */
interface Target {
  /** Whose target it is: a kind may be read by several writers. */
  readonly owner: object
  /** Series of that source. */
  readonly source: string
  /** The revision of the metadata when the metric was declared. */
  declared: number
  series: Series | undefined
  histogram: HistogramSeries | undefined
}

const NO_LABELS: Labels = {}

/** Writes events by hand: a counter is added, a gauge set, an observation counted into its buckets. */
export function createEventWriter(head: Head, limits: TimeLimits, ids: RecentIds): EventWriter {
  const owner = {}

  function targetOf(kind: EventKind, source: string): Target {
    const known = kind.companion as Target | undefined
    if (known?.owner === owner && known.source === source) return known
    const target = { owner, source, declared: -1, series: undefined, histogram: undefined }
    kind.companion = target
    return target
  }

  function declare(kind: EventKind, target: Target): Refusal | undefined {
    if (target.declared === head.metadata.revision()) return undefined
    const refusal = refuseType(head, kind.event)
    // Declaring may have changed what is known.
    if (!refusal) target.declared = head.metadata.revision()
    return refusal
  }

  function writeOne(
    kind: EventKind,
    value: number,
    time: number,
    context: MessageContext,
  ): Refusal | undefined {
    const target = targetOf(kind, context.source)
    const at = Number.isNaN(time) ? context.receivedAtMs : time
    const refusal = refuseTime(at, context.receivedAtMs, limits) ?? declare(kind, target)
    if (refusal) return refusal
    const { type } = kind
    // A delta has happened by the time it is stored; a clock that runs ahead must not hold up the whole series.
    const past = Math.min(at, context.receivedAtMs)
    if (type === 'histogram') return observe(kind, target, value, past)
    const { series } = target
    if (!series || series.dropped) return writeFirst(kind, target, value, type === 'counter' ? past : at)
    return type === 'counter' ? raise(head, series, value, past) : writeLevel(head, series, value, at)
  }

  function writeFirst(kind: EventKind, target: Target, value: number, at: number): Refusal | undefined {
    const { event } = kind
    const series = head.intern(withName(event.name, event.labels ?? NO_LABELS), target.source)
    if ('refused' in series) return refuse(series.refused, series.detail)
    target.series = series
    return event.type === 'counter' ? raise(head, series, value, at) : writeLevel(head, series, value, at)
  }

  /** Counts an observation into cumulative buckets, sum and count. The first event of a series decides its buckets. */
  function observe(kind: EventKind, target: Target, value: number, at: number): Refusal | undefined {
    const histogram = histogramOf(kind, target)
    if ('reason' in histogram) return histogram
    const { bounds, buckets, sum, count } = histogram
    for (let i = 0; i < buckets.length; i++) {
      const bucket = buckets[i]
      const holds = value <= (bounds[i] ?? Number.POSITIVE_INFINITY)
      const refusal = bucket && raise(head, bucket, holds ? 1 : 0, at)
      if (refusal) return refusal
    }
    return raise(head, sum, value, at) ?? raise(head, count, 1, at)
  }

  function histogramOf({ event }: EventKind, target: Target): HistogramSeries | Refusal {
    if (target.histogram && isWhole(target.histogram)) return target.histogram
    const { name, labels = NO_LABELS, buckets } = event
    if ('le' in labels) return refuseLe(name)
    const bounds = boundsInHead(head, name, labels) ?? buckets ?? DEFAULT_BUCKETS
    const histogram = internHistogram(head, name, labels, bounds, target.source)
    if ('reason' in histogram) return histogram
    if (buckets && !sameBounds(buckets, bounds))
      head.metadata.conflict(name, 'buckets', bounds.join(' '), buckets.join(' '))
    target.histogram = histogram
    return histogram
  }

  return {
    write(events, context) {
      const refused: IngestRefusal[] = []
      let duplicates = 0
      for (let index = 0; index < events.count; index++) {
        const kind = events.kinds[index]
        if (!kind) continue
        const id = events.ids[index]
        if (id !== undefined && ids.has(id, context.receivedAtMs)) {
          duplicates++
          continue
        }
        const refusal = writeOne(kind, events.values[index] ?? 0, events.times[index] ?? Number.NaN, context)
        if (refusal) refused.push({ ...refusal, index })
        else if (id !== undefined) ids.add(id, context.receivedAtMs)
      }
      const accepted = events.count - duplicates - refused.length
      return { accepted, duplicates, undescribed: 0, refused }
    },
  }
}
