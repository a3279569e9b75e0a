import type { Labels } from '@tocsin/contract'
import type { Head } from '@tocsin/tsdb'
import type { Alert, Change } from '../alerts/alert.ts'
import { evaluateRule } from '../evaluation/evaluate-rule.ts'
import { createRuleStatus } from '../evaluation/rule-status.ts'
import type { PlacedGroup, PlacedRule } from '../rules/rule-set.ts'

/** A rule whose evaluation failed. */
export interface RuleFailure {
  readonly rule: PlacedRule
  readonly atMs: number
  readonly reason: string
}

/** Rules that are evaluated at whatever times the caller says, each as the evaluator evaluates it. */
export interface RuleRun {
  /** Evaluates every rule once, groups in order and the rules of each in order. */
  evaluate(atMs: number): readonly RuleFailure[]
  alertsOf(rule: PlacedRule): ReadonlyMap<string, Alert>
}

export interface RuleRunOptions {
  readonly groups: readonly PlacedGroup[]
  readonly head: Head
  readonly externalURL: string
  readonly externalLabels?: Labels
  readonly changed?: (rule: PlacedRule, changes: readonly Change[], atMs: number) => void
}

/** Makes a run in which nothing has happened yet. */
export function createRuleRun(options: RuleRunOptions): RuleRun {
  const { groups, head, externalURL, externalLabels = {}, changed } = options
  const deps = { head, queryable: head, externalURL, externalLabels }
  const statuses = new Map(groups.flatMap((group) => group.rules.map((rule) => [rule, createRuleStatus()])))
  let sequence = 0

  return {
    evaluate(atMs) {
      const failures: RuleFailure[] = []
      // Nothing is left out for being fresh: the caller's times are those of the evaluations.
      const moment = { atMs, sequence: ++sequence, trigger: 'changed' } as const
      for (const [rule, status] of statuses) {
        const { changes, error } = evaluateRule(rule, status, deps, moment)
        if (error !== undefined) failures.push({ rule, atMs, reason: status.lastError ?? String(error) })
        if (changes.length > 0) changed?.(rule, changes, atMs)
      }
      return failures
    },
    alertsOf: (rule) => statuses.get(rule)?.alerts ?? new Map(),
  }
}
