import {
  dynamicAlertMetrics,
  type Labels,
  type MetricEvent,
  type SpanEvent,
  spanEvent,
} from '@tocsin/contract'
import { createMatcher } from '@tocsin/promql'
import { SPAN_ALERT } from '@tocsin/rules'
import {
  CodedError,
  type ConsumeDeps,
  createThrottle,
  type Delivery,
  decodeJson,
  done,
  parseWith,
  pipeline,
  type Stages,
} from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import { decideSpanAlert, type ToldSpan } from './decide-span-alert.ts'
import type { DynamicEnv } from './dynamic-env.ts'
import type { DynamicRecords } from './follow-records.ts'
import type { ServiceRecord } from './service-record.ts'

export interface TakeSpansDeps extends Pick<ConsumeDeps, 'bus' | 'clock' | 'log' | 'metrics'> {
  readonly env: DynamicEnv
  readonly records: DynamicRecords
  /** The series of METRICS; undefined until they are up to date. */
  readonly head: () => Head | undefined
}

/** Names who publishes the alerts of spans in METRICS. */
const SOURCE = 'span-alerts'
const METRIC = dynamicAlertMetrics.spanAlertTimestampSeconds.name
/** Names of alerts that one service may ask for; the others are told under the usual one. */
const MOST_NAMES = 20
const MOST_NAME = 200

/**
 * The way of a span that asks for an alert: it becomes a sample in METRICS, which an ordinary rule reads, so that the
 * alert is as durable as any. Its rule is stored before the sample is.
 */
export function takeSpans({ env, records, bus, clock, log, metrics, head }: TakeSpansDeps): Stages {
  const counter = metrics.counter(dynamicAlertMetrics.spanAlertsTotal)
  const throttle = createThrottle(clock)
  /** What was published and may not have been read back yet. */
  const published = new Map<string, ToldSpan>()

  const end = (outcome: string) => {
    counter.inc({ outcome })
    return done(outcome)
  }
  function toldOf(service: string): readonly ToldSpan[] {
    const series = head()
    if (!series)
      throw new CodedError('starting', 'the METRICS stream is still being read', { retryable: true })
    const nowMs = clock.now()
    for (const [key, { lastMs }] of published)
      if (nowMs - lastMs >= env.DYNAMIC_ALERTS_SPAN_HOLD) published.delete(key)
    const matchers = [createMatcher('__name__', '=', METRIC), createMatcher('service', '=', service)]
    const read = series.matchSeries(matchers).map(({ labels, lastTimeMs }) => {
      const { __name__: _, ...rest } = labels
      return { labels: rest, lastMs: lastTimeMs }
    })
    return [...read, ...[...published.values()].filter(({ labels }) => labels['service'] === service)]
  }

  async function nameOf({ service, attributes }: SpanEvent): Promise<string> {
    const asked = String(attributes['alert.name'] ?? '')
      .trim()
      .slice(0, MOST_NAME)
      .toWellFormed()
    const wanted = asked === '' ? SPAN_ALERT : asked
    let name = wanted
    const admit = (record: ServiceRecord): ServiceRecord | undefined => {
      const { spanAlerts, changedMs } = record
      const isKnown = wanted === SPAN_ALERT || spanAlerts.includes(wanted)
      const hasRoom = isKnown || spanAlerts.length < MOST_NAMES
      name = hasRoom ? wanted : SPAN_ALERT
      // A service that is known has the usual one, and is forgotten when nothing is written of it for long.
      const isFresh = clock.now() - changedMs < env.DYNAMIC_ALERTS_FORGET / 2
      if (isFresh && (isKnown || !hasRoom)) return undefined
      return { ...record, spanAlerts: isKnown || !hasRoom ? spanAlerts : [...spanAlerts, wanted] }
    }
    if (admit(records.record(service))) await records.update(service, admit)
    return name
  }

  async function tell(span: SpanEvent, labels: Labels, { signal }: Delivery): Promise<void> {
    const event: MetricEvent = {
      id: `span-alert-${span.id}`,
      name: METRIC,
      type: 'gauge',
      value: Date.parse(span.startedAt) / 1000,
      labels,
    }
    await bus.publish(bus.subjects.metrics(SOURCE), event, { msgId: event.id ?? '', signal })
    published.set(JSON.stringify(labels), { labels, lastMs: clock.now() })
  }

  return pipeline(decodeJson, parseWith(spanEvent), async (span: SpanEvent, delivery: Delivery) => {
    if (span.severity === undefined) return done('asks_for_nothing')
    const settings = records.settings(span.service)
    if (settings.enabled === false || settings.spans === false) return end('switched_off')
    const told = toldOf(span.service)
    const decision = decideSpanAlert(span, await nameOf(span), told, {
      nowMs: clock.now(),
      holdMs: env.DYNAMIC_ALERTS_SPAN_HOLD,
      most: env.DYNAMIC_ALERTS_SPAN_LIMIT,
    })
    if (decision.action === 'skip') return end(decision.reason)
    if (decision.reason === 'folded') {
      const due = throttle(span.service)
      if (due)
        log.warn(
          { spansOf: span.service, suppressed: due.suppressed },
          'more operations ask for alerts than DYNAMIC_ALERTS_SPAN_LIMIT: those beyond are told as one, "(others)"',
        )
    }
    await tell(span, decision.labels, delivery)
    return end(decision.reason)
  })
}
