import { CONTRACT_VERSION, conventionKeys, type SpanEvent, severityOf, spanEvent } from '@tocsin/contract'
import { type Attributes, type AttributeValue, attributeText } from '../model/attributes.ts'
import type { Span } from '../model/span.ts'
import { textOf } from './conventions.ts'

// The contract's limits.
const MOST_ATTRIBUTES = 64
const MOST_KEY = 256
const MOST_TEXT = 1024
const MOST_VALUE = 4096

export function asksForAlert(span: Span): boolean {
  return textOf(span, conventionKeys.alertSeverity) !== ''
}

/** The event of a span; undefined for one that cannot be named, since its ids are not valid. */
export function spanEventOf(span: Span, service: string, nowMs: number): SpanEvent | undefined {
  const { traceId, spanId, parentSpanId, kind, status } = span
  const statusMessage = cut(span.statusMessage, MOST_TEXT)
  const exception = exceptionOf(span)
  const severity = textOf(span, conventionKeys.alertSeverity)
  return spanEvent.safeParse({
    v: CONTRACT_VERSION,
    id: `${traceId}-${spanId}`,
    time: new Date(nowMs).toISOString(),
    source: service,
    service,
    traceId,
    spanId,
    ...(parentSpanId === '' ? {} : { parentSpanId }),
    name: cut(span.name, MOST_TEXT),
    kind,
    status,
    ...(statusMessage === '' ? {} : { statusMessage }),
    startedAt: new Date(span.startMs).toISOString(),
    durationMs: Math.max(0, span.durationMs),
    attributes: plain(span.attributes()),
    ...(exception ? { exception } : {}),
    ...(severity === '' ? {} : { severity: severityOf({ severity }) }),
  } satisfies SpanEvent).data
}

function exceptionOf(span: Span): SpanEvent['exception'] {
  const exception = span.exception()
  if (!exception) return undefined
  const type = cut(attributeText(exception.type), MOST_KEY)
  const message = cut(attributeText(exception.message), MOST_VALUE)
  return { ...(type === '' ? {} : { type }), ...(message === '' ? {} : { message }) }
}

/** As the contract has them: numbers and booleans as they are, everything else as text. */
function plain(attributes: Attributes): SpanEvent['attributes'] {
  const kept = [...attributes].slice(0, MOST_ATTRIBUTES)
  return Object.fromEntries(kept.map(([key, value]) => [cut(key, MOST_KEY), plainValue(value)]))
}

function plainValue(value: AttributeValue): string | number | boolean {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
  return cut(attributeText(value), MOST_VALUE)
}

function cut(text: string, most: number): string {
  return text.slice(0, most).toWellFormed()
}
