import type { Labels } from '@tocsin/promql'

/** One sample of a query in a template. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
}
