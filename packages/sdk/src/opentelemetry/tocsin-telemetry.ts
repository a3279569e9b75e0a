import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { messagingMetrics } from '@tocsin/contract'
import type { Monitoring } from '../create-monitoring.ts'
import { messageOf } from '../errors.ts'
import { partsOf } from '../monitoring-parts.ts'
import { defineMetrics } from '../record/built-in-metrics.ts'
import { createRecorder } from '../record/create-recorder.ts'
import type { Warn } from '../warn.ts'
import { attributeText } from './attribute-labels.ts'
import { createSpanCounter } from './count-spans.ts'
import type { FinishedSpan } from './finished-span.ts'
import { createMetricReader } from './metric-reader.ts'
import { createMirror } from './mirror-metrics.ts'
import { createSpanRecorder } from './record-span.ts'
import { createSpanTeller } from './tell-spans.ts'

const COLLECT_MS = 5000
const LEAST_COLLECT_MS = 100
const MOST_COLLECT_MS = 86_400_000

/** How OpenTelemetry's spans and metrics become Tocsin's. */
export interface TelemetryOptions {
  /** Attributes of spans that become labels of the metrics of spans. Few values each. Default: none. */
  readonly dimensions?: readonly string[]
  /**
   * Whether spans of requests, queries and agents count in `http_requests_total` and the other built-in metrics.
   * 'auto', the default: as long as the application does not record them itself.
   */
  readonly builtInMetrics?: boolean | 'auto'
  /** How often metrics are collected, in ms. Default: 5000. */
  readonly collectIntervalMs?: number
}

/** A span processor of OpenTelemetry, of any version. */
export interface TelemetrySpanProcessor {
  onStart(): void
  onEnd(span: FinishedSpan): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** What to spread into the configuration of OpenTelemetry's SDK. */
export interface Telemetry {
  readonly spanProcessors: TelemetrySpanProcessor[]
  readonly metricReaders: IMetricReader[]
  /** Says that these spans are counted already, to collectors that would count them again. */
  readonly resourceAttributes: { readonly 'tocsin.sdk': true }
}

/** Feeds a monitoring with the spans and metrics of OpenTelemetry's SDK. */
export function createTelemetry(monitoring: Monitoring, options: TelemetryOptions = {}): Telemetry {
  const { tracking, self, uses, clock, warn, session, onFlush } = partsOf(monitoring)
  const { dimensions = [], builtInMetrics = 'auto' } = options
  const { metrics } = monitoring
  const recorded = { http: true, database: true, agents: true }
  const nothing = { http: false, database: false, agents: false }
  const ownUses = builtInMetrics === 'auto' ? uses : builtInMetrics ? nothing : recorded
  let resourceService = ''

  const service = () => resourceService || (session()?.configuration.service ?? 'app')
  const count = createSpanCounter(metrics, service, dimensions)
  const messaging = defineMetrics(metrics.registry, messagingMetrics, tracking)
  const record = createSpanRecorder(messaging, createRecorder(metrics, warn), ownUses)
  const tell = createSpanTeller({
    service,
    now: clock.now,
    store() {
      const { bus, configuration } = session() ?? {}
      if (!bus?.connected || !configuration) return undefined
      return (event) =>
        bus.store(configuration.subjects.spans(event.service), JSON.stringify(event), { id: event.id })
    },
    onOutcome(outcome, error) {
      self.span(outcome)
      if (outcome === 'failed') warn('spans', `a span could not be told of: ${messageOf(error)}`)
    },
  })
  const flush = async () => void (await monitoring.flush())
  const reader = createMetricReader({
    take: createMirror(metrics.registry, tracking, warn),
    intervalMs: intervalOf(options, warn),
    clock,
    warn,
    flush,
  })
  onFlush(reader.collectNow)

  const processor: TelemetrySpanProcessor = {
    onStart() {},
    // Whoever ends a span must not fail because somebody counts it.
    onEnd(span) {
      try {
        resourceService ||= serviceOf(span)
        count(span)
        record(span)
        tell(span)
      } catch (error) {
        warn('span', `a span could not be counted: ${messageOf(error)}`)
      }
    },
    forceFlush: flush,
    shutdown: flush,
  }
  return {
    spanProcessors: [processor],
    metricReaders: [reader],
    resourceAttributes: { 'tocsin.sdk': true },
  }
}

function intervalOf({ collectIntervalMs = COLLECT_MS }: TelemetryOptions, warn: Warn): number {
  if (collectIntervalMs >= LEAST_COLLECT_MS && collectIntervalMs <= MOST_COLLECT_MS) return collectIntervalMs
  warn(
    'collectIntervalMs',
    `option collectIntervalMs is ignored: a number from ${LEAST_COLLECT_MS} to ${MOST_COLLECT_MS}`,
  )
  return COLLECT_MS
}

/** The service that a span names, unless OpenTelemetry's SDK only says that it knows none. */
function serviceOf({ resource }: FinishedSpan): string {
  const name = attributeText(resource.attributes['service.name'])
  return name.startsWith('unknown_service') ? '' : name.slice(0, 200).toWellFormed()
}
