import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api'

/** What is needed of a span that has ended; every version of OpenTelemetry's SDK gives it. */
export interface FinishedSpan {
  readonly name: string
  /** 0 internal, 1 server, 2 client, 3 producer, 4 consumer. */
  readonly kind: number
  spanContext(): SpanContext
  readonly parentSpanContext?: SpanContext | undefined
  readonly startTime: HrTime
  readonly duration: HrTime
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message?: string | undefined }
  readonly attributes: Attributes
  readonly events: readonly { readonly name: string; readonly attributes?: Attributes | undefined }[]
  readonly resource: { readonly attributes: Attributes }
}

export const SERVER = 1
export const ERROR = 2
const SAMPLED = 1

export const millisecondsOf = ([seconds, nanoseconds]: HrTime): number => seconds * 1000 + nanoseconds / 1e6

/** The span as an exemplar's, or null when its trace is kept nowhere. */
export function keptSpan(span: FinishedSpan): SpanContext | null {
  const context = span.spanContext()
  return (context.traceFlags & SAMPLED) === 0 ? null : context
}

/** Whether it is part of another span of this process. */
export function hasLocalParent({ parentSpanContext }: FinishedSpan): boolean {
  return parentSpanContext !== undefined && parentSpanContext.isRemote !== true
}
