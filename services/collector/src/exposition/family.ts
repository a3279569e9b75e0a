import type { LineWriter } from './line-writer.ts'

/** What a family of series measures; `unknown` where no publisher said. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown'

/** What publishers said about a metric. */
export interface FamilyMetadata {
  readonly type: FamilyType
  readonly help: string
  readonly unit: string
}

/** The series that are exposed together under one `# TYPE` line. */
export interface Family extends FamilyMetadata {
  /** The metric's name as it is published and queried: a counter's with `_total`, a histogram's without suffix. */
  readonly name: string
  /** Writes the present value of each series, in steps; those whose text is in `except` are left out. */
  write(lines: LineWriter, except?: ReadonlySet<string>): Iterable<void>
  /** The text of every series, where another family may have the same. */
  texts(): Iterable<string>
}
