import { type Labels, type Matcher, matchLabels } from '@tocsin/promql'
import type { PlacedRule, RuleSet } from './rule-set.ts'

/** Finds the rules that read a series. */
export interface RuleIndex {
  /** In the order of groups and rules. The answer is remembered per label object. */
  readersOf(labels: Labels): readonly PlacedRule[]
}

interface Reading {
  readonly matchers: readonly Matcher[]
  readonly rule: PlacedRule
  readonly order: number
}

/** Indexes every selector of every rule by the metric name it asks for. */
export function indexRules({ groups }: RuleSet): RuleIndex {
  const byName = new Map<string, Reading[]>()
  const nameless: Reading[] = []
  let order = 0
  for (const rule of groups.flatMap((group) => group.rules)) {
    order++
    for (const { matchers } of rule.rule.query.selectors) {
      const reading = { matchers, rule, order }
      const names = namesOf(matchers)
      if (!names) nameless.push(reading)
      for (const name of names ?? []) {
        const readings = byName.get(name)
        if (readings) readings.push(reading)
        else byName.set(name, [reading])
      }
    }
  }
  const known = new WeakMap<Labels, readonly PlacedRule[]>()

  return {
    readersOf(labels) {
      const before = known.get(labels)
      if (before) return before
      const candidates = [...(byName.get(labels['__name__'] ?? '') ?? []), ...nameless]
      const readers = candidates
        .filter(({ matchers }) => matchLabels(labels, matchers))
        .sort((a, b) => a.order - b.order)
        .map(({ rule }) => rule)
      const unique = [...new Set(readers)]
      known.set(labels, unique)
      return unique
    },
  }
}

/** The metric names a selector can match, where they can be listed. */
function namesOf(matchers: readonly Matcher[]): readonly string[] | undefined {
  for (const { name, type, value, set } of matchers) {
    if (name !== '__name__') continue
    if (type === '=') return [value]
    if (type === '=~' && set) return set
  }
  return undefined
}
