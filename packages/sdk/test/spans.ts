import type { FinishedSpan } from '../src/opentelemetry/finished-span.ts'

/** A span of 20 ms that ended, of a trace that is kept. */
export function finishedSpan(more: Partial<FinishedSpan> = {}): FinishedSpan {
  return {
    name: 'span',
    kind: 0,
    spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
    startTime: [1_700_000_000, 0],
    duration: [0, 20_000_000],
    status: { code: 0 },
    attributes: {},
    events: [],
    resource: { attributes: {} },
    ...more,
  }
}
