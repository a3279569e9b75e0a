import { createRuleIndex } from '@tocsin/promql'
import type { Head, Series } from '@tocsin/tsdb'
import type { PlacedRule, RuleSet } from '../rules/rule-set.ts'

/** Which rules samples concern, and which of them wait to be evaluated. */
export interface RuleMarks {
  replaceRules(rules: RuleSet): void
  /** The rules that read a series, each once. */
  readersOf(series: Series): readonly PlacedRule[]
  /** How many rules are marked since they read a series that got a sample. */
  size(): number
  /** The time of the newest sample that marked a rule since this was asked last; -Infinity without any. Milliseconds. */
  takeNewestMs(): number
  /** The marked rules; afterwards these others are, or none. */
  take(others?: Set<PlacedRule>): Set<PlacedRule>
  remove(rule: PlacedRule): void
}

/** What a series means to the rules, kept with it until rules come or go. */
class Concern {
  readonly generation: number
  readonly readers: readonly PlacedRule[]

  constructor(generation: number, readers: readonly PlacedRule[]) {
    this.generation = generation
    this.readers = readers
  }
}

// The usual ranges and the lookback: so much of a series that rules read stays raw. Milliseconds.
const LONGEST_REACH_MS = 11 * 60_000
// Evaluations lag a little behind the newest sample, and may reach back from there.
const SLACK_MS = 30_000

/** Follows every sample of a head: what an event costs is what the rules that it concerns cost. */
export function createRuleMarks(head: Head): RuleMarks {
  let index = createRuleIndex<PlacedRule>()
  let generation = 0
  let marked = new Set<PlacedRule>()
  let found: readonly PlacedRule[] = []
  let newestMs = Number.NEGATIVE_INFINITY
  /** Those that were marked last, and still are. */
  let markedLast: readonly PlacedRule[] | undefined

  function readersOf(series: Series): readonly PlacedRule[] {
    const known = series.companion
    if (known instanceof Concern && known.generation === generation) return known.readers
    const { rules: readers, reachMs } = index.readersOf(series.labels)
    head.keepRaw(series, reachMs === 0 ? 0 : Math.min(reachMs, LONGEST_REACH_MS) + SLACK_MS)
    // Series side by side mostly concern the same rules: one list serves them all.
    if (!isSame(readers, found)) found = readers
    series.companion = new Concern(generation, found)
    return found
  }
  head.watchSamples((series, timeMs) => {
    const readers = readersOf(series)
    if (timeMs > newestMs && readers.length > 0) newestMs = timeMs
    if (readers === markedLast) return
    markedLast = readers
    for (const rule of readers) marked.add(rule)
  })

  return {
    readersOf,
    size: () => marked.size,
    takeNewestMs() {
      const taken = newestMs
      newestMs = Number.NEGATIVE_INFINITY
      return taken
    },
    replaceRules(next) {
      index = createRuleIndex()
      for (const placed of next.rules.values()) {
        // What looks back by an offset does not see a sample when it comes: it waits for its interval.
        if (placed.group.queryOffsetMs > 0) continue
        const { rule } = placed
        index.add(rule.query.compiled, placed)
        const resolve = rule.kind === 'alerting' ? rule.additions?.resolve : undefined
        if (resolve) index.add(resolve.compiled, placed)
      }
      generation++
      const waiting = [...marked].flatMap(({ id }) => next.rules.get(id) ?? [])
      marked = new Set(waiting)
      markedLast = undefined
    },
    take(others = new Set()) {
      const taken = marked
      marked = others
      markedLast = undefined
      return taken
    },
    remove(rule) {
      marked.delete(rule)
      markedLast = undefined
    },
  }
}

function isSame(some: readonly PlacedRule[], others: readonly PlacedRule[]): boolean {
  return some.length === others.length && some.every((rule, i) => rule === others[i])
}
