import type { SelectorInfo } from '@tocsin/promql'
import type { AlertingRule, Rule } from '@tocsin/rules'
import type { PlacedGroup, PlacedRule } from '../rules/rule-set.ts'

/** What a backtest of some alerts takes. */
export interface BacktestPlan {
  readonly alerts: readonly PlacedRule[]
  /** Groups with these alerts and what they need of the recording rules, in their order. */
  readonly groups: readonly PlacedGroup[]
  /** What is to be fetched: no rule of these records it. */
  readonly selectors: readonly SelectorInfo[]
  /** How long before the first time of interest the evaluation has to begin. Milliseconds. */
  readonly warmUpMs: number
}

const ALERTS_SERIES = ['ALERTS', 'ALERTS_FOR_STATE']

/** Chooses the rules that these alerts need, and what is to be fetched for them. */
export function planBacktest(
  groups: readonly PlacedGroup[],
  isWanted: (rule: PlacedRule) => boolean,
): BacktestPlan {
  const all = groups.flatMap((group) => group.rules)
  const alerts = all.filter((rule) => rule.rule.kind === 'alerting' && isWanted(rule))
  const needed = new Set(alerts)
  // What a recording rule needs may be recorded as well: as often as one more is found.
  for (const rule of needed)
    for (const other of all)
      if (
        other.rule.kind === 'recording' &&
        selectorsOf(rule.rule).some((one) => selects(one, other.rule.name))
      )
        needed.add(other)
  const recorded = [...needed].filter(({ rule }) => rule.kind === 'recording').map(({ rule }) => rule.name)
  const isFetched = (selector: SelectorInfo) =>
    ![...recorded, ...ALERTS_SERIES].some((name) => isNamed(selector, name))
  const used = [...needed].flatMap(({ rule }) => selectorsOf(rule))
  return {
    alerts,
    groups: groups
      .map((group) => ({ ...group, rules: group.rules.filter((rule) => needed.has(rule)) }))
      .filter(({ rules }) => rules.length > 0),
    selectors: used.filter(isFetched),
    warmUpMs: warmUp(alerts, used, isFetched),
  }
}

/** Every selector of a rule, those of its condition of resolving included. */
function selectorsOf(rule: Rule): readonly SelectorInfo[] {
  const resolve = rule.kind === 'alerting' ? rule.additions?.resolve : undefined
  return [...rule.query.selectors, ...(resolve?.selectors ?? [])]
}

const selects = ({ matchers }: SelectorInfo, name: string) =>
  matchers.every((matcher) => matcher.name !== '__name__' || matcher.matches(name))

const isNamed = ({ matchers }: SelectorInfo, name: string) =>
  matchers.some((matcher) => matcher.name === '__name__' && matcher.type === '=' && matcher.value === name)

/** An alert may have been pending before, or be kept; ranges over what is recorded must have filled. */
function warmUp(
  alerts: readonly PlacedRule[],
  used: readonly SelectorInfo[],
  isFetched: (selector: SelectorInfo) => boolean,
): number {
  const holds = alerts.map(({ rule }) => holdMs(rule as AlertingRule))
  const reaches = used.filter((one) => !isFetched(one)).map(({ reachMs }) => reachMs)
  return Math.max(0, ...holds) + Math.max(0, ...reaches.filter(Number.isFinite))
}

const holdMs = ({ forMs, keepFiringForMs }: AlertingRule) => forMs + keepFiringForMs
