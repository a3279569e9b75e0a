import { tryRule } from '@tocsin/alerting'
import type { CustomRule, RpcReply } from '@tocsin/contract'
import { compileCustomRule, parseRuleFile, type Rule, type RuleGroup } from '@tocsin/rules'
import { messageOf } from '@tocsin/runtime'
import { formatFloat } from '@tocsin/templates'
import type { Head } from '@tocsin/tsdb'

/** What rules would do now: a rule file's text, or a custom rule. */
export type DryRunRequest = { readonly file: string } | CustomRule
export type DryRunReply = RpcReply<'alert-evaluator', 'dry-run'>

export interface DryRunDeps {
  readonly head: Head
  readonly externalURL: string
  readonly now: () => number
}

/** So many alerts of a rule are shown; all are counted. */
const MOST_SHOWN = 1000

/**
 * Evaluates rules over the live data without any effect. What a rule of the same file would record is not there yet.
 * @throws RuleError with every fault, its line and reason
 */
export function dryRun(request: DryRunRequest, deps: DryRunDeps): DryRunReply {
  const groups: readonly Pick<RuleGroup, 'name' | 'queryOffsetMs' | 'limit' | 'rules'>[] =
    'file' in request
      ? parseRuleFile('dry-run', request.file)
      : [{ name: 'custom', queryOffsetMs: 0, limit: 0, rules: [compileCustomRule(request)] }]
  return {
    groups: groups.map((group) => ({
      name: group.name,
      rules: group.rules.map((rule) => tryOut(rule, group, deps)),
    })),
  }
}

function tryOut(
  rule: Rule,
  { queryOffsetMs, limit }: Pick<RuleGroup, 'queryOffsetMs' | 'limit'>,
  { head, externalURL, now }: DryRunDeps,
): DryRunReply['groups'][number]['rules'][number] {
  const { name, kind, query } = rule
  const about = { name, type: kind, query: query.text }
  const nothing = { alerts: [], series: [], results: 0, warnings: [], infos: [], evaluationTime: 0 }
  try {
    const times = { atMs: now(), queryOffsetMs, monotonic: () => performance.now() }
    const trial = tryRule(rule, { queryable: head, externalURL }, times)
    const results = trial.alerts.length + trial.samples.length
    return {
      ...about,
      alerts: trial.alerts.slice(0, MOST_SHOWN).map((alert) => ({
        ...alert,
        value: formatFloat(alert.value, 'e'),
      })),
      series: trial.samples
        .slice(0, MOST_SHOWN)
        .map(({ labels, value }) => ({ labels, value: formatFloat(value, 'e') })),
      results,
      warnings: [...trial.warnings],
      infos: [...trial.infos],
      evaluationTime: trial.seconds,
      ...(limit > 0 && results > limit ? { error: `exceeds the limit of ${limit} with ${results}` } : {}),
    }
  } catch (error) {
    return { ...about, ...nothing, error: messageOf(error) }
  }
}
