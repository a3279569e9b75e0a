import type { Labels } from '@tocsin/contract'
import type { CompiledExpr } from '@tocsin/promql'
import type { Place } from '@tocsin/rules'
import type { FedSeries } from '../replay/feed-series.ts'

/** A file of tests of rules, in the format of `promtool test rules`. Times in milliseconds. */
export interface TestFile {
  readonly file: string
  /** Patterns of file names, beside this file. */
  readonly ruleFiles: readonly string[]
  readonly evaluationIntervalMs: number
  /** Groups in the order of their evaluation; those that are not named come with the first. */
  readonly groupEvalOrder: readonly string[]
  /** Values that differ in the last bit are equal. */
  readonly fuzzyCompare: boolean
  readonly tests: readonly TestGroup[]
}

/** Series, and what rules and expressions make of them. */
export interface TestGroup {
  readonly name: string
  readonly startMs: number
  readonly inputSeries: readonly FedSeries[]
  readonly alertTests: readonly AlertTest[]
  readonly exprTests: readonly ExprTest[]
  readonly externalLabels: Labels
  readonly externalURL: string
}

/** Which alerts of a name fire at a time after the start. */
export interface AlertTest {
  readonly place: Place
  readonly evalTimeMs: number
  readonly alertname: string
  readonly expected: readonly ExpectedAlert[]
}

export interface ExpectedAlert {
  /** With `alertname`. */
  readonly labels: Labels
  readonly annotations: Labels
}

/** What an expression gives at a time after the start. */
export interface ExprTest {
  readonly place: Place
  readonly evalTimeMs: number
  readonly expr: string
  readonly compiled: CompiledExpr
  readonly expected: readonly ExpectedSample[]
}

export interface ExpectedSample {
  readonly labels: Labels
  readonly value: number
}
