import { createLiveRules, type Labels, type LiveRule, type Queryable } from '@tocsin/promql'
import type { Rule } from '@tocsin/rules'
import type { Head } from '@tocsin/tsdb'
import type { PlacedRule, RuleSet } from '../rules/rule-set.ts'

/** The rules with the samples that they read, kept between evaluations. */
export interface LiveQueries {
  /** Where rules read: kept samples where there are any, else the head. */
  readonly queryable: Queryable
  /** Takes over the rules of a set; those that stay keep their samples. */
  replaceRules(rules: RuleSet): void
  /** The rules that read a series, each once. */
  readersOf(labels: Labels): Iterable<PlacedRule>
}

// The usual ranges and the lookback; over longer ones the head's compressed samples are read. Milliseconds.
const LONGEST_REACH_MS = 11 * 60_000

/** Follows every sample of a head, so that an event costs what the rules and the series that it concerns cost. */
export function createLiveQueries(head: Head): LiveQueries {
  const live = createLiveRules({ queryable: head, longestReachMs: LONGEST_REACH_MS })
  head.watchSamples(({ labels }, timeMs, value, stale) => void live.append(labels, timeMs, value, stale))
  let added = new Map<string, { readonly rule: Rule; readonly live: LiveRule }>()
  const places = new Map<LiveRule, PlacedRule>()

  return {
    queryable: live.queryable,
    replaceRules({ rules }) {
      const before = added
      added = new Map()
      places.clear()
      for (const [id, placed] of rules) {
        const known = before.get(id)
        const kept = known?.rule === placed.rule ? known.live : live.add(placed.rule.query.compiled)
        added.set(id, { rule: placed.rule, live: kept })
        places.set(kept, placed)
      }
      for (const { live: former } of before.values()) if (!places.has(former)) live.remove(former)
    },
    *readersOf(labels) {
      for (const rule of live.concernedBy(labels)) {
        const placed = places.get(rule)
        if (placed) yield placed
      }
    },
  }
}
