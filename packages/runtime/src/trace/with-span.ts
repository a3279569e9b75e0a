import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { messageOf } from '../coded-error.ts'

export interface SpanOptions {
  readonly kind?: 'internal' | 'consumer' | 'producer' | 'client' | 'server'
  readonly attributes?: Attributes
  /** The parent; the active one when left out. */
  readonly parent?: Context
}

const kinds = {
  internal: SpanKind.INTERNAL,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
} as const

/** Runs `fn` inside a span, which ends with it and records what it throws. Free when tracing is off. */
export async function withSpan<T>(
  name: string,
  fn: (span: Span) => Promise<T> | T,
  options: SpanOptions = {},
): Promise<T> {
  const { kind = 'internal', attributes = {}, parent = context.active() } = options
  return trace
    .getTracer('tocsin')
    .startActiveSpan(name, { kind: kinds[kind], attributes }, parent, async (span) => {
      try {
        return await fn(span)
      } catch (error) {
        span.recordException(error instanceof Error ? error : messageOf(error))
        span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) })
        throw error
      } finally {
        span.end()
      }
    })
}
