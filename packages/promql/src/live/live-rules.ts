import type { CompiledExpr } from '../compile.ts'
import type { QueryOptions } from '../engine.ts'
import type { QueryResult } from '../eval/run-query.ts'
import { asSlices, type SliceSource } from '../eval/series-slice.ts'
import type { Labels, Matcher, Queryable } from '../storage.ts'
import { createLiveSelector, type LiveSelector } from './live-selector.ts'
import { createSelectorIndex } from './selector-index.ts'
import type { SeriesWindow } from './series-window.ts'

/** A rule that is evaluated over and over while samples come in. */
export interface LiveRule {
  readonly compiled: CompiledExpr
  /** Evaluates in one go, from the samples at hand. @throws QueryError */
  evaluate(timeMs: number): QueryResult
  /** Evaluates in slices, for a rule over very many series. @throws QueryError */
  evaluateInSlices(timeMs: number, options?: QueryOptions): Promise<QueryResult>
}

/** Rules with the samples they look at: an event costs what the rules and series it concerns cost. */
export interface LiveRules {
  /** Starts to keep samples for a rule. What came before is read from the storage at its first evaluation. */
  add(compiled: CompiledExpr): LiveRule
  remove(rule: LiveRule): void
  /** Storage that answers from the kept samples where it can: what the rules read, for whoever evaluates by itself. */
  readonly queryable: Queryable
  /** The rules that read a series. The answer is remembered per labels object until rules come or go. */
  concernedBy(labels: Labels): readonly LiveRule[]
  /**
   * Takes a sample in, after the storage has it, and tells which rules it concerns.
   * Pass the same labels object for the same series: it is looked up once. `stale` marks the end of the series.
   */
  append(labels: Labels, timestampMs: number, value: number, stale?: boolean): readonly LiveRule[]
}

export interface LiveRulesOptions {
  readonly queryable: Queryable
  /** Selectors that reach back further read the storage at every evaluation. Default: 1 hour. */
  readonly longestReachMs?: number
  /** Selectors of more series read the storage at every evaluation. Default: 50,000. */
  readonly mostSeries?: number
  /** Samples there is room for, of all selectors, at 16 bytes; without room, as above. Default: 8 million. */
  readonly mostSamples?: number
}

/** What a series concerns, found once per labels object. */
interface Concern {
  readonly rules: readonly LiveRule[]
  readonly feeds: readonly { readonly selector: LiveSelector; readonly window: SeriesWindow }[]
}

/**
 * Keeps the windows of compiled rules, so that evaluating one again decodes and matches nothing.
 * @example
 * const rules = createLiveRules({ queryable: head })
 * const rule = rules.add(compile('rate(errors_total[1m]) > 1'))
 * for (const concerned of rules.append(labels, timeMs, value)) concerned.evaluate(timeMs)
 */
export function createLiveRules({
  queryable,
  longestReachMs = 3_600_000,
  mostSeries = 50_000,
  mostSamples = 8_000_000,
}: LiveRulesOptions): LiveRules {
  const room = { samples: mostSamples }
  const selectors = new Map<string, { readonly selector: LiveSelector; readonly users: Set<LiveRule> }>()
  const byMatchers = new WeakMap<readonly Matcher[], LiveSelector>()
  const ruleIndex = createSelectorIndex<LiveRule>()
  const selectorIndex = createSelectorIndex<LiveSelector>()
  let concerns = new WeakMap<Labels, Concern>()

  /** What the rules read: windows where they reach, else the storage. */
  const windows: SliceSource = {
    select: (matchers, startMs, endMs) => queryable.select(matchers, startMs, endMs),
    slices: (matchers, startMs, endMs) =>
      byMatchers.get(matchers)?.select(startMs) ?? asSlices(queryable.select(matchers, startMs, endMs)),
  }

  function liveSelector(matchers: readonly Matcher[], rule: LiveRule): LiveSelector {
    const key = keyOf(matchers)
    const shared = selectors.get(key)
    if (shared) {
      shared.users.add(rule)
      return shared.selector
    }
    const selector = createLiveSelector(matchers, queryable, {
      mostSeries,
      room,
      onOff() {
        selectorIndex.remove(selector)
        // What it kept is freed with them.
        concerns = new WeakMap()
      },
    })
    selectors.set(key, { selector, users: new Set([rule]) })
    selectorIndex.add(matchers, selector)
    return selector
  }

  function concernOf(labels: Labels): Concern {
    const known = concerns.get(labels)
    if (known) return known
    const concern = {
      rules: [...new Set(ruleIndex.find(labels))],
      feeds: selectorIndex.find(labels).map((selector) => ({ selector, window: selector.windowOf(labels) })),
    }
    concerns.set(labels, concern)
    return concern
  }

  return {
    queryable: windows,
    concernedBy: (labels) => concernOf(labels).rules,
    add(compiled) {
      const rule: LiveRule = {
        compiled,
        evaluate: (timeMs) => compiled.evaluate(windows, timeMs),
        evaluateInSlices: (timeMs, options) => compiled.evaluateInSlices(windows, timeMs, options),
      }
      for (const { matchers, reachMs } of compiled.selectors) {
        ruleIndex.add(matchers, rule)
        if (reachMs > longestReachMs) continue
        const selector = liveSelector(matchers, rule)
        selector.keepFor(reachMs)
        byMatchers.set(matchers, selector)
      }
      concerns = new WeakMap()
      return rule
    },
    remove(rule) {
      ruleIndex.remove(rule)
      for (const [key, { selector, users }] of selectors) {
        if (!users.delete(rule) || users.size > 0) continue
        selectors.delete(key)
        selector.close()
      }
      concerns = new WeakMap()
    },
    append(labels, timestampMs, value, stale = false) {
      const { rules, feeds } = concernOf(labels)
      for (const { selector, window } of feeds) selector.push(window, timestampMs, value, stale)
      return rules
    },
  }
}

function keyOf(matchers: readonly Matcher[]): string {
  return JSON.stringify(matchers.map(({ name, type, value }) => [name, type, value]).sort())
}
