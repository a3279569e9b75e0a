import type { Template } from '@tocsin/templates'
import type { Additions } from './additions/additions.ts'
import type { Compiled } from './compile-expression.ts'
import type { Place } from './yaml-reader.ts'

/** A label or annotation with its template, parsed once. */
export interface NamedTemplate {
  readonly name: string
  readonly text: string
  readonly template: Template
}

export interface AlertingRule {
  readonly kind: 'alerting'
  readonly name: string
  readonly query: Compiled
  /** How long the condition must hold before the alert fires. Milliseconds. */
  readonly forMs: number
  /** How long a firing alert outlives its condition. Milliseconds. */
  readonly keepFiringForMs: number
  /** The group's labels overlaid with the rule's own. */
  readonly labels: readonly NamedTemplate[]
  readonly annotations: readonly NamedTemplate[]
  /** What it asks for beyond Prometheus. */
  readonly additions?: Additions | undefined
  /** Where its expression stands in its file; rules of other origins have none. */
  readonly place?: Place
}

export interface RecordingRule {
  readonly kind: 'recording'
  /** The metric it writes. */
  readonly name: string
  readonly query: Compiled
  /** The group's labels overlaid with the rule's own. */
  readonly labels: Readonly<Record<string, string>>
  /** Where its expression stands in its file. */
  readonly place?: Place
}

export type Rule = AlertingRule | RecordingRule

/** Where rules come from. */
export type Origin = 'file' | 'pack' | 'custom' | 'dynamic'

export interface RuleGroup {
  readonly name: string
  /** Where it was read from, as shown to users. */
  readonly file: string
  readonly origin: Origin
  /** Undefined: the evaluator's own. Milliseconds. */
  readonly intervalMs: number | undefined
  /** Most alerts or series a rule of this group may give; 0 for no limit. */
  readonly limit: number
  /** How far behind the clock the rules are evaluated. Milliseconds. */
  readonly queryOffsetMs: number
  readonly rules: readonly Rule[]
}
