import type { Attributes } from '@opentelemetry/api'
import { CONTRACT_VERSION, type SpanEvent, severityOf, spanEvent } from '@tocsin/contract'
import { attributeText } from './attribute-labels.ts'
import { ERROR, type FinishedSpan, millisecondsOf } from './finished-span.ts'

/** Events of a second. Those that ask for an alert may use all of them, failed spans leave a part for that. */
const MOST_PER_SECOND = 50
const KEPT_FOR_ALERTS = 10
const MOST_UNDER_WAY = 100
const MOST_ATTRIBUTES = 64
const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const
const STATUSES = ['unset', 'ok', 'error'] as const

export type SpanOutcome = 'stored' | 'failed' | 'dropped'

/** Tells Tocsin of spans that failed and of those that carry `alert.severity`, so that alerts can come of them. */
export function createSpanTeller(parts: {
  readonly service: () => string
  readonly now: () => number
  /** Undefined while nobody could be told. */
  readonly store: () => ((event: SpanEvent) => Promise<void>) | undefined
  readonly onOutcome: (outcome: SpanOutcome, error?: unknown) => void
}): (span: FinishedSpan) => void {
  const { service, now, store, onOutcome } = parts
  let second = 0
  let told = 0
  let underWay = 0

  function mayTell(asksForAlert: boolean): boolean {
    const present = Math.floor(now() / 1000)
    if (present !== second) {
      second = present
      told = 0
    }
    return told < MOST_PER_SECOND - (asksForAlert ? 0 : KEPT_FOR_ALERTS) && underWay < MOST_UNDER_WAY
  }

  async function tell(event: SpanEvent, send: (event: SpanEvent) => Promise<void>): Promise<void> {
    told++
    underWay++
    try {
      await send(event)
      onOutcome('stored')
    } catch (error) {
      onOutcome('failed', error)
    } finally {
      underWay--
    }
  }

  return (span) => {
    const asksForAlert = span.attributes['alert.severity'] !== undefined
    if (span.status.code !== ERROR && !asksForAlert) return
    const send = store()
    const event = send && mayTell(asksForAlert) ? eventOf(span, service(), now()) : undefined
    if (send && event) void tell(event, send)
    else onOutcome('dropped')
  }
}

/** The event of a span; undefined for what the contract does not allow. */
function eventOf(span: FinishedSpan, service: string, now: number): SpanEvent | undefined {
  const { traceId, spanId } = span.spanContext()
  const exception = span.events.findLast(({ name }) => name === 'exception')?.attributes
  const alertSeverity = attributeText(span.attributes['alert.severity'])
  const event: SpanEvent = {
    v: CONTRACT_VERSION,
    id: `${traceId}-${spanId}`,
    time: new Date(now).toISOString(),
    source: service,
    service,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name.slice(0, 1024),
    kind: KINDS[span.kind] ?? 'unspecified',
    status: STATUSES[span.status.code] ?? 'unset',
    statusMessage: span.status.message?.slice(0, 1024),
    startedAt: new Date(millisecondsOf(span.startTime)).toISOString(),
    durationMs: Math.max(0, millisecondsOf(span.duration)),
    attributes: plain(span.attributes),
    exception: exception && {
      type: attributeText(exception['exception.type']).slice(0, 256),
      message: attributeText(exception['exception.message']).slice(0, 4096),
    },
    severity: alertSeverity === '' ? undefined : severityOf({ severity: alertSeverity }),
  }
  return spanEvent.safeParse(event).data
}

/** Attributes as the contract has them: numbers and booleans as they are, everything else as text. */
function plain(attributes: Attributes): SpanEvent['attributes'] {
  const kept = Object.entries(attributes).slice(0, MOST_ATTRIBUTES)
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key.slice(0, 256),
      typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
        ? value
        : attributeText(value).slice(0, 4096),
    ]),
  )
}
