import type { Labels } from '@tocsin/contract'
import { matchesAll } from '../matchers/matcher.ts'
import type { InhibitRule } from './inhibit-rule.ts'
import type { Policy } from './policy.ts'

/** Which alerts are muted since others fire. */
export interface Inhibition {
  /** Takes note of an alert's state. */
  observe(fingerprint: string, labels: Labels, status: 'firing' | 'resolved'): void
  /** The fingerprint of an alert that inhibits one with these labels; undefined where none does. */
  inhibitedBy(labels: Labels): string | undefined
  /** Goes on by the rules that hold now. */
  adoptPolicy(): void
  onChange(listener: () => void): () => void
}

/** The sources of one rule that fire, by the values of the labels that must be equal. */
interface Sources {
  readonly rule: InhibitRule
  readonly byEqual: Map<string, Twofold>
}

/** Sources that match the source side alone, and those that match the target side as well. */
interface Twofold {
  readonly plain: Set<string>
  readonly twoSided: Set<string>
}

export function createInhibition(policy: () => Policy): Inhibition {
  const firing = new Map<string, Labels>()
  const listeners = new Set<() => void>()
  let indexed: Sources[] = []

  /** Whether the alert is a source of some rule. */
  function index(fingerprint: string, labels: Labels, isFiring: boolean): boolean {
    let isSource = false
    for (const { rule, byEqual } of indexed) {
      if (!matchesAll(rule.sourceMatchers, labels)) continue
      isSource = true
      const key = equalKey(rule, labels)
      const found = byEqual.get(key) ?? { plain: new Set(), twoSided: new Set() }
      const set = matchesAll(rule.targetMatchers, labels) ? found.twoSided : found.plain
      if (isFiring) set.add(fingerprint)
      else set.delete(fingerprint)
      if (found.plain.size + found.twoSided.size > 0) byEqual.set(key, found)
      else byEqual.delete(key)
    }
    return isSource
  }

  function adoptPolicy(): void {
    indexed = policy().inhibitRules.map((rule) => ({ rule, byEqual: new Map() }))
    for (const [fingerprint, labels] of firing) index(fingerprint, labels, true)
  }

  adoptPolicy()
  return {
    observe(fingerprint, labels, status) {
      const before = firing.get(fingerprint)
      if (status === 'firing') firing.set(fingerprint, labels)
      else firing.delete(fingerprint)
      if ((before !== undefined) === (status === 'firing')) return
      if (index(fingerprint, labels, status === 'firing')) for (const listener of [...listeners]) listener()
    },
    inhibitedBy(labels) {
      for (const { rule, byEqual } of indexed) {
        const sources = byEqual.get(equalKey(rule, labels))
        if (!sources || !matchesAll(rule.targetMatchers, labels)) continue
        const [plain] = sources.plain
        if (plain !== undefined) return plain
        // What matches both sides is not inhibited by its like, nor by itself.
        const [twoSided] = sources.twoSided
        if (twoSided !== undefined && !matchesAll(rule.sourceMatchers, labels)) return twoSided
      }
      return undefined
    },
    adoptPolicy,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** A label that is absent equals an empty one. */
function equalKey({ equal }: InhibitRule, labels: Labels): string {
  return equal.length === 1
    ? (labels[equal[0] ?? ''] ?? '')
    : JSON.stringify(equal.map((name) => labels[name] ?? ''))
}
