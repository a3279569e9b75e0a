import type { Attributes, AttributeValue } from './attributes.ts'

export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'
export const SPAN_KINDS: readonly [SpanKind, ...SpanKind[]] = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
]

export type SpanStatus = 'unset' | 'ok' | 'error'
export const SPAN_STATUSES: readonly [SpanStatus, ...SpanStatus[]] = ['unset', 'ok', 'error']

/** One span, as far as anything here wants to know. Read what is costly (ids, all attributes, the exception) only when needed. */
export interface Span {
  readonly name: string
  readonly kind: SpanKind
  readonly status: SpanStatus
  readonly statusMessage: string
  /** Whole milliseconds since 1970; 0 when not given. */
  readonly startMs: number
  readonly endMs: number
  /** With fractions; negative when the span ends before it starts. */
  readonly durationMs: number
  /** Known to have its parent in the same process. */
  readonly hasLocalParent: boolean
  /** Hexadecimal, lower case; empty when it is not valid. */
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  /** Those of its attributes that the reader was asked for. */
  readonly wanted: Attributes
  attributes(): Attributes
  /** The last exception event. */
  exception(): SpanException | undefined
}

export interface SpanException {
  readonly type: AttributeValue
  readonly message: AttributeValue
}

/** The spans of one resource. Walk through them before going on to the next. */
export interface ResourceSpans {
  readonly resource: Attributes
  readonly spans: Iterable<Span>
}

/** Bits of a span's flags: whether its sender knows where the parent is, and that it is elsewhere. */
const KNOWS_PARENT = 0x100
const PARENT_IS_REMOTE = 0x200

export function hasLocalParent(flags: number, parentSpanId: boolean): boolean {
  return parentSpanId && (flags & KNOWS_PARENT) !== 0 && (flags & PARENT_IS_REMOTE) === 0
}
