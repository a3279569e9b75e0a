import { placeRules, type RuleSet } from '@tocsin/alerting'
import type { AlertingRule, RuleGroup } from '@tocsin/rules'

/** All rules from wherever they come, put together. */
export interface RuleBook {
  current(): RuleSet
  /** Replaces the rules of one source. */
  setPacks(groups: readonly RuleGroup[]): void
  setFiles(groups: readonly RuleGroup[]): void
  setCustom(rules: readonly AlertingRule[]): void
  setDynamic(groups: readonly RuleGroup[]): void
  /** Calls back after every change. */
  onChange(fn: (rules: RuleSet) => void): () => void
  /** False while a source could not be read wholly, so that a rule that is missing may be one that was not read. */
  complete(): boolean
  /** Says that rules are missing for this reason; undefined when they no longer are. */
  setIncomplete(source: string, reason: string | undefined): void
}

export interface RuleBookOptions {
  readonly intervalMs: number
  readonly fileKey: (group: RuleGroup) => string
}

const CUSTOM_GROUP = 'custom'

export function createRuleBook(options: RuleBookOptions): RuleBook {
  let packs: readonly RuleGroup[] = []
  let files: readonly RuleGroup[] = []
  let custom: readonly RuleGroup[] = []
  let dynamic: readonly RuleGroup[] = []
  let rules = placeRules([], options)
  const missing = new Map<string, string>()
  const listeners = new Set<(rules: RuleSet) => void>()

  function rebuild(): void {
    rules = placeRules([...packs, ...files, ...custom, ...dynamic], options)
    for (const listener of [...listeners]) listener(rules)
  }

  return {
    current: () => rules,
    setPacks(groups) {
      packs = groups
      rebuild()
    },
    setFiles(groups) {
      files = groups
      rebuild()
    },
    setCustom(own) {
      custom = own.length === 0 ? [] : [customGroup(own)]
      rebuild()
    },
    setDynamic(groups) {
      dynamic = groups
      rebuild()
    },
    onChange(fn) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
    complete: () => missing.size === 0,
    setIncomplete(source, reason) {
      if (reason === undefined) missing.delete(source)
      else missing.set(source, reason)
    },
  }
}

function customGroup(rules: readonly AlertingRule[]): RuleGroup {
  return {
    name: CUSTOM_GROUP,
    file: CUSTOM_GROUP,
    origin: 'custom',
    intervalMs: undefined,
    limit: 0,
    queryOffsetMs: 0,
    rules: rules.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}
