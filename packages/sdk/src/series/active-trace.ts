/** What an exemplar says of a span. */
export interface SpanReference {
  readonly traceId: string
  readonly spanId: string
  /** W3C trace flags; 1 says that the trace is kept. */
  readonly traceFlags: number
}

/** The tracing of the application, as far as there is one. */
export interface Tracing {
  /** The active span of a trace that is kept; undefined without `@opentelemetry/api`. */
  active: (() => SpanReference | undefined) | undefined
}

const SAMPLED = 1

/** Finds `@opentelemetry/api`, which is the application's to have. Without it there are no exemplars. */
export async function findTracing(tracing: Tracing): Promise<void> {
  try {
    const { trace, isSpanContextValid } = await import('@opentelemetry/api')
    tracing.active = () => {
      const context = trace.getActiveSpan()?.spanContext()
      if (context === undefined || (context.traceFlags & SAMPLED) === 0) return undefined
      return isSpanContextValid(context) ? context : undefined
    }
  } catch {
    // Not installed: the application has no traces.
  }
}
