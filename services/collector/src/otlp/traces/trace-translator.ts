import { otlpMetrics } from '@tocsin/contract'
import type { Log, Metrics, Throttle } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import { readTraces } from '../decode/read-traces.ts'
import type { Translator } from '../signal.ts'
import { type BuiltInMode, createBuiltInChoice } from './choose-built-in.ts'
import { createEventBudget } from './event-budget.ts'
import { createObserveSpan } from './observe-span.ts'
import { createSeriesLimit } from './series-limit.ts'
import { type TranslatedTraces, translateTraces, wantedKeys } from './translate-traces.ts'

export interface TraceTranslatorDeps {
  /** Attributes that become labels of the metrics of spans. */
  readonly dimensions: readonly string[]
  /** Label sets of a service, of each metric. */
  readonly maxSeries: number
  readonly builtIn: BuiltInMode
  readonly eventsPerSecond: number
  /** Undefined until it is up to date. */
  readonly head: () => Head | undefined
  readonly metrics: Metrics
  readonly log: Log
  readonly throttle: Throttle
}

/** Takes spans: makes metrics of all of them, and events of those that failed or ask for an alert. */
export function createTraceTranslator(deps: TraceTranslatorDeps): Translator {
  const limit = createSeriesLimit(deps.maxSeries)
  const wanted = wantedKeys(deps.dimensions)
  const record = createTraceRecord(deps, limit.size)
  const knowledge = {
    limit,
    observeSpan: createObserveSpan(deps.dimensions),
    chooseBuiltIn: createBuiltInChoice(deps.builtIn, deps.head),
    budget: createEventBudget(deps.eventsPerSecond),
  }
  return {
    // Before that it cannot be told whose requests would count twice.
    trouble: () =>
      deps.builtIn === 'auto' && !deps.head()
        ? 'the collector is still reading the METRICS stream: try again soon'
        : undefined,
    *translate(body, encoding, request) {
      const translated = yield* translateTraces(readTraces(body, encoding, wanted), knowledge, request)
      const { batches, events, counted, countedBySdk } = translated
      return {
        batches,
        events,
        accepted: counted + countedBySdk,
        rejected: 0,
        reason: '',
        record: () => record(translated),
      }
    },
  }
}

function createTraceRecord(
  { metrics, log, throttle, maxSeries }: TraceTranslatorDeps,
  size: () => number,
): (translated: TranslatedTraces) => void {
  const spans = metrics.counter(otlpMetrics.otlpSpansTotal)
  const overflow = metrics.counter(otlpMetrics.spanMetricsOverflowTotal)
  const events = metrics.counter(otlpMetrics.spanEventsTotal)
  const series = metrics.gauge(otlpMetrics.spanMetricsSeries)
  metrics.beforeRead(() => series.set(size()))

  return (translated) => {
    const { counted, countedBySdk, overflows, events: published, eventsOverLimit, eventsInvalid } = translated
    if (counted > 0) spans.inc({ outcome: 'counted' }, counted)
    if (countedBySdk > 0) spans.inc({ outcome: 'counted_by_sdk' }, countedBySdk)
    if (published.length > 0) events.inc({ outcome: 'published' }, published.length)
    if (eventsOverLimit > 0) events.inc({ outcome: 'over_limit' }, eventsOverLimit)
    if (eventsInvalid > 0) events.inc({ outcome: 'invalid' }, eventsInvalid)
    for (const { service, metric, spans: count } of overflows) {
      overflow.inc({ source: service, metric }, count)
      const due = throttle(`overflow ${metric} ${service}`)
      if (due)
        log.warn(
          { source: service, metric, maxSeries, suppressed: due.suppressed },
          'too many label sets of spans: what is beyond is counted with otel_metric_overflow="true"; take ids out of span names, or raise SPAN_METRICS_MAX_SERIES',
        )
    }
  }
}
