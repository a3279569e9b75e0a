import { CodedError } from '@tocsin/runtime'

/** One fault of a configuration file; its place is counted from 1. */
export interface PolicyFault {
  readonly line: number
  readonly column: number
  readonly reason: string
}

/** A configuration file that is refused as a whole, with every fault that was found: `file:line:column: …`. */
export class PolicyError extends CodedError {
  readonly faults: readonly PolicyFault[]

  constructor(file: string, faults: readonly PolicyFault[]) {
    const ordered = [...faults].sort((a, b) => a.line - b.line || a.column - b.column)
    super(
      'invalid_policy',
      ordered.map(({ line, column, reason }) => `${file}:${line}:${column}: ${reason}`).join('\n'),
    )
    this.faults = ordered
  }
}
