import type { SpanEvent } from '@tocsin/contract'
import type { Encoding } from './decode/open-body.ts'
import type { OtlpErrorCode } from './otlp-error.ts'
import type { RequestIdentity, SourceMessages } from './source-batches.ts'

/** What OTLP carries, as far as it is taken here. */
export type Signal = 'metrics' | 'traces'

/** How OTLP's JSON calls what is refused of a request. */
export const rejectedField = {
  metrics: 'rejectedDataPoints',
  traces: 'rejectedSpans',
} as const satisfies Record<Signal, string>

/** What became of a request that is stored. */
export interface ExportResult {
  readonly accepted: number
  readonly rejected: number
  /** In words; empty when nothing is rejected. */
  readonly reason: string
}

/** A request as what is stored of it. */
export interface Translated extends ExportResult {
  readonly batches: readonly SourceMessages[]
  readonly events: readonly SpanEvent[]
  /** Counts what it holds; called once, when it is stored. */
  record(): void
}

/** Takes the requests of one signal. */
export interface Translator {
  /** Why nothing can be taken now; undefined when it can. */
  trouble(): string | undefined
  /** @throws {OtlpError} where the body is no such message */
  translate(body: Buffer, encoding: Encoding, request: RequestIdentity): Generator<void, Translated>
}

/** How a request ended: all, some or nothing of it stored; stored before; or why it was not taken. */
export type ExportOutcome = 'stored' | 'partial' | 'refused' | 'repeated' | OtlpErrorCode
