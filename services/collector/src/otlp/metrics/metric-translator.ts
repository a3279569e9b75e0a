import { otlpMetrics } from '@tocsin/contract'
import type { Log, Metrics, Throttle } from '@tocsin/runtime'
import { readMetrics } from '../decode/read-metrics.ts'
import type { Translator } from '../signal.ts'
import { createKnownBounds } from './known-bounds.ts'
import { createMetricNamer, type NameCollision } from './metric-namer.ts'
import {
  type MetricKnowledge,
  type MetricOptions,
  type TranslatedMetrics,
  translateMetrics,
} from './translate-metrics.ts'

export interface MetricTranslatorDeps extends MetricOptions, Pick<MetricKnowledge, 'typeOf'> {
  readonly metrics: Metrics
  readonly log: Log
  readonly throttle: Throttle
}

/** Takes OpenTelemetry's metrics. */
export function createMetricTranslator(deps: MetricTranslatorDeps): Translator {
  const { metrics, log, throttle } = deps
  const points = metrics.counter(otlpMetrics.otlpPointsTotal)
  const collisions = metrics.counter(otlpMetrics.otlpNameCollisionsTotal)

  function onCollision({ name, metrics: both }: NameCollision): void {
    collisions.inc()
    if (throttle(`collision ${name}`))
      log.warn(
        { metric: name, of: both },
        'two metrics of OpenTelemetry have one name in Prometheus: rename one',
      )
  }

  function record({ accepted, refusals }: TranslatedMetrics): void {
    if (accepted > 0) points.inc({ outcome: 'accepted', reason: '' }, accepted)
    for (const [reason, { count, detail }] of refusals.reasons) {
      points.inc({ outcome: 'refused', reason }, count)
      const due = throttle(`points ${reason}`)
      if (due)
        log.warn({ reason, count, detail, suppressed: due.suppressed }, 'data points of OTLP are refused')
    }
  }

  const knowledge: MetricKnowledge = {
    typeOf: deps.typeOf,
    known: createKnownBounds(),
    nameOf: createMetricNamer(onCollision),
  }
  return {
    trouble: () => undefined,
    *translate(body, encoding, request) {
      const translated = yield* translateMetrics(readMetrics(body, encoding), knowledge, deps, request)
      const { batches, accepted, refusals } = translated
      return {
        batches,
        events: [],
        accepted,
        rejected: refusals.total,
        reason: refusals.describe(),
        record: () => record(translated),
      }
    },
  }
}
