import type { MetricEvent } from '@tocsin/contract'
import type { Labels } from '@tocsin/promql'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import type { AddDelta } from './add-delta.ts'
import type { CountObservation } from './count-observation.ts'
import { ACCEPTED, type IngestOutcome, type MessageContext, type Refusal, refuse } from './ingest-outcome.ts'
import type { RecallSeries } from './recall-series.ts'

/** What the parts of one ingester share. */
export interface Writers {
  readonly head: Head
  readonly limits: TimeLimits
  readonly addDelta: AddDelta
  readonly countObservation: CountObservation
  readonly recall: RecallSeries
}

export interface TimeLimits {
  readonly maxAgeMs: number
  readonly maxFutureMs: number
}

/** Writes one event by hand: a counter is added, a gauge set, an observation counted into its buckets. */
export function ingestEvent(writers: Writers, event: MetricEvent, context: MessageContext): IngestOutcome {
  const time = event.time === undefined ? context.receivedAtMs : Date.parse(event.time)
  const refusal = refuseTime(time, context.receivedAtMs, writers.limits) ?? refuseType(writers.head, event)
  if (refusal) return refusal
  // A delta has happened by the time it is stored; a clock that runs ahead must not hold up the whole series.
  const past = Math.min(time, context.receivedAtMs)
  const labels = event.labels ?? {}
  if (event.type === 'counter')
    return writers.addDelta(withName(event.name, labels), event.value, past, context.source) ?? ACCEPTED
  if (event.type === 'histogram')
    return writers.countObservation(event, labels, past, context.source) ?? ACCEPTED
  return setLevel(writers.head, withName(event.name, labels), event.value, time, context.source)
}

/** The reason that a time is out of bounds, if it is. */
export function refuseTime(time: number, receivedAtMs: number, limits: TimeLimits): Refusal | undefined {
  if (!(time <= receivedAtMs + limits.maxFutureMs))
    return refuse(
      'too_far_in_future',
      `the event is ${Math.round((time - receivedAtMs) / 1000)} s ahead of its message: set the publisher's clock`,
    )
  if (time < receivedAtMs - limits.maxAgeMs)
    return refuse(
      'too_old',
      `the event is ${Math.round((receivedAtMs - time) / 1000)} s behind its message, at most ${limits.maxAgeMs / 1000} s are kept open`,
    )
  return undefined
}

/** Declares the metric; refuses what another publisher declared as another type. */
export function refuseType(
  head: Head,
  offered: Pick<MetricEvent, 'name' | 'help' | 'unit'> & {
    readonly type: Parameters<Head['metadata']['declare']>[1]['type']
  },
): Refusal | undefined {
  const conflict = head.metadata.declare(offered.name, offered)
  if (!conflict) return undefined
  return refuse(
    'type_conflict',
    `metric ${conflict.metric} is published as ${conflict.known} and as ${conflict.offered}: rename one of them`,
  )
}

/** Writes a level to the series with these labels. */
function setLevel(
  head: Head,
  labels: Labels,
  value: number | 'stale',
  time: number,
  source: string,
): IngestOutcome {
  const series = head.intern(labels, source)
  return 'refused' in series ? refuse(series.refused, series.detail) : writeLevel(head, series, value, time)
}

/** Writes a level to a series, wherever in time it belongs. */
export function writeLevel(head: Head, series: Series, value: number | 'stale', time: number): IngestOutcome {
  const outcome = value === 'stale' ? head.appendStale(series, time) : head.append(series, time, value)
  if (outcome === 'too_old' || outcome === 'invalid_time' || outcome === 'dropped')
    return refuse('too_old', 'the sample is behind the out-of-order window of its series, or past retention')
  return ACCEPTED
}

/** A series' labels: the metric's name and what was published. */
export function withName(name: string, labels: Labels): Labels {
  return { ...labels, __name__: name }
}
