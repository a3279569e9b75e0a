/** Why a query gave no result. */
export type QueryErrorCode =
  | 'parse_error'
  | 'execution'
  | 'unsupported'
  | 'timeout'
  | 'canceled'
  | 'too_many_samples'

const RETRYABLE: ReadonlySet<QueryErrorCode> = new Set(['timeout', 'canceled'])

/** A query that could not be parsed or evaluated; `code` says which, the message is Prometheus' where it has one. */
export class QueryError extends Error {
  readonly code: QueryErrorCode
  readonly retryable: boolean
  override readonly name: string = 'QueryError'

  constructor(code: QueryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}

/** A range of the query's text: offsets in UTF-16 units, the end exclusive. */
export interface Position {
  readonly start: number
  readonly end: number
}

/** The expression is not valid PromQL: `1:5: parse error: …`, line and column counted from 1. */
export class ParseError extends QueryError {
  override readonly name = 'ParseError'
  readonly position: Position

  constructor(source: string, position: Position, reason: string, options?: ErrorOptions) {
    super('parse_error', `${describePosition(source, position.start)}: parse error: ${reason}`, options)
    this.position = position
  }
}

/** `line:column` of an offset, as Prometheus counts: columns are bytes of UTF-8. */
export function describePosition(source: string, offset: number): string {
  const before = source.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  return `${line}:${new TextEncoder().encode(before.slice(lineStart)).length + 1}`
}
