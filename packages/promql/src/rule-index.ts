import type { CompiledExpr } from './compile.ts'
import { createSelectorIndex } from './selector-index.ts'
import type { Labels } from './storage.ts'

/** What a series means to the rules of an index. */
export interface Readers<T> {
  /** The rules that read it, each once. */
  readonly rules: readonly T[]
  /** How far back the furthest of them looks, in milliseconds; 0 when none does, infinite where `@` pins one to a time. */
  readonly reachMs: number
}

/** Tells which rules a sample concerns, so that an event costs what those rules cost, however many there are. */
export interface RuleIndex<T> {
  add(compiled: CompiledExpr, rule: T): void
  remove(rule: T): void
  /** Looks the rules of a series up; remember the answer until rules come or go. */
  readersOf(labels: Labels): Readers<T>
}

/**
 * Makes an empty index.
 * @example
 * const rules = createRuleIndex<CompiledExpr>()
 * const busy = compile('sum by (route) (rate(http_requests_total{service="shop"}[1m])) > 100')
 * rules.add(busy, busy)
 * for (const rule of rules.readersOf(labels).rules) rule.evaluate(head, timeMs)
 */
export function createRuleIndex<T>(): RuleIndex<T> {
  const bySelector = createSelectorIndex<{ readonly rule: T; readonly reachMs: number }>()
  const entries = new Map<T, { readonly rule: T; readonly reachMs: number }[]>()

  return {
    add(compiled, rule) {
      for (const { matchers, reachMs } of compiled.selectors) {
        const entry = { rule, reachMs }
        bySelector.add(matchers, entry)
        entries.set(rule, [...(entries.get(rule) ?? []), entry])
      }
    },
    remove(rule) {
      for (const entry of entries.get(rule) ?? []) bySelector.remove(entry)
      entries.delete(rule)
    },
    readersOf(labels) {
      const found = bySelector.find(labels)
      return {
        rules: [...new Set(found.map(({ rule }) => rule))],
        reachMs: found.reduce((most, { reachMs }) => Math.max(most, reachMs), 0),
      }
    },
  }
}
