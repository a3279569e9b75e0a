import type { WrittenSeries } from './write-series.ts'

/** What a family of series measures; `unknown` where no publisher said. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown'

/** What publishers said about a metric. */
export interface FamilyMetadata {
  readonly type: FamilyType
  readonly help: string
  readonly unit: string
}

/** The present value of one series. */
export interface FamilySample {
  readonly series: WrittenSeries
  readonly value: number
}

/** The series that are exposed together under one `# TYPE` line. */
export interface Family extends FamilyMetadata {
  /** The metric's name as it is published and queried: a counter's with `_total`, a histogram's without suffix. */
  readonly name: string
  /** The samples a few hundred at a time: the reader may pause in between. A batch may be empty. */
  readonly batches: Iterable<readonly FamilySample[]>
}
