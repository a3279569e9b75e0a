import type { InhibitRule } from '../inhibit-rule.ts'
import { inhibitRule } from './config-schema.ts'
import type { Faults } from './faults.ts'
import { readMatchers } from './read-matchers.ts'

/** Reads `inhibit_rules`. */
export function readInhibitRules(given: readonly unknown[], faults: Faults): readonly InhibitRule[] {
  return given.flatMap((item, i) => {
    const path = ['inhibit_rules', i]
    const rule = faults.parse(inhibitRule, item, path)
    if (!rule) return []
    const side = (name: 'source' | 'target') =>
      readMatchers(
        { equal: rule[`${name}_match`], regex: rule[`${name}_match_re`], texts: rule[`${name}_matchers`] },
        { equal: `${name}_match`, regex: `${name}_match_re`, texts: `${name}_matchers` },
        path,
        faults,
      )
    return { sourceMatchers: side('source'), targetMatchers: side('target'), equal: rule.equal ?? [] }
  })
}
