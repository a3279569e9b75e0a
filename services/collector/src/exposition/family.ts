import type { Labels } from '@tocsin/contract'

/** What a family of series measures; `unknown` where no publisher said. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown'

/** What publishers said about a metric. */
export interface FamilyMetadata {
  readonly type: FamilyType
  readonly help: string
  readonly unit: string
}

/** The present value of one series. `labels` may hold `__name__`; the sample's own name counts. */
export interface FamilySample {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/** The series that are exposed together under one `# TYPE` line. */
export interface Family extends FamilyMetadata {
  /** The metric's name as it is published and queried: a counter's with `_total`, a histogram's without suffix. */
  readonly name: string
  readonly samples: Iterable<FamilySample>
}
