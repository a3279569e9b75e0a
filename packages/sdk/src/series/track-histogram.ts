import type { Histogram } from 'prom-client'
import type { RawLabels } from '../publish/prom-client.ts'
import type { SpanReference, Tracing } from './active-trace.ts'
import { finite, isLabels, labelsOf } from './arguments.ts'
import { BucketCounts } from './bucket-counts.ts'
import { createSeriesFinder, type MadeMetric } from './find-series.ts'
import type { Series } from './series-table.ts'
import type { Tracking } from './tracking.ts'

/** A series of a histogram, as the recorders hold it. */
export interface HistogramChild {
  /** `span` is whose trace is the exemplar, when that is not the active one; null for none. */
  observe(value: number, span?: SpanReference | null): void
}

/** Follows a histogram series by series, with exemplars of the traces of the application; it stays prom-client's own. */
export function trackHistogram<T extends Histogram>(histogram: T, tracking: Tracking): T {
  const metric = histogram as unknown as MadeMetric & { readonly upperBounds: readonly number[] }
  const { labelNames, upperBounds } = metric
  const { tracing, now } = tracking
  const finder = createSeriesFinder(metric, tracking, {
    make: (labels) => new BucketCounts(labels, upperBounds),
    begins: () => metric.collect === undefined,
    adds: true,
  })
  const { table } = finder

  function observe(series: Series | undefined, value: number, span?: SpanReference | null): void {
    if (series === undefined) return
    const place = (series.entry as BucketCounts).observe(value)
    if (tracing.active !== undefined || span) keepExemplar(series, place, value, tracing, now, span)
    if (!series.changed) table.mark(series)
  }

  function childOf(labels: RawLabels) {
    let series: Series | undefined
    return {
      observe(value: unknown, span?: SpanReference | null) {
        const observed = finite(value)
        series = finder.again(series, labels)
        observe(series, observed, span)
      },
      startTimer: (endLabels?: RawLabels) =>
        histogram.startTimer({ ...labels, ...endLabels } as Record<string, string>),
    }
  }

  Object.assign(histogram, {
    observe(first: unknown, second?: unknown) {
      if (isLabels(first)) {
        const value = finite(second)
        observe(finder.find(first), value)
      } else {
        const value = finite(first)
        observe(finder.sole(), value)
      }
    },
    labels: (...given: unknown[]) => childOf(labelsOf(labelNames, given)),
    zero(labels: RawLabels) {
      finder.remove(labels)
      finder.find(labels)
    },
    remove: (...given: unknown[]) => finder.remove(labelsOf(labelNames, given)),
    reset: () => finder.clear(),
  })
  if (labelNames.length === 0) finder.sole()
  return histogram
}

/** Keeps the first observation with a trace that each bucket sees after a batch. */
function keepExemplar(
  series: Series,
  place: number,
  value: number,
  { active }: Tracing,
  now: () => number,
  given: SpanReference | null | undefined,
): void {
  if (series.exemplars?.[place] !== undefined) return
  const span = given === undefined ? active?.() : given
  if (!span) return
  series.exemplars ??= []
  series.exemplars[place] = {
    labels: { trace_id: span.traceId, span_id: span.spanId },
    value,
    time: now(),
  }
}
