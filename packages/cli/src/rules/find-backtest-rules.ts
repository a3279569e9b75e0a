import { statSync } from 'node:fs'
import { loadPacks, packNames, parseRuleFile, RuleError, type RuleGroup } from '@tocsin/rules'
import { CliError } from '../errors.ts'
import type { Backend } from '../query/ask-backend.ts'
import { askRules, type RunningGroup, type RunningRule } from './ask-evaluator.ts'
import { findRuleFiles } from './find-rule-files.ts'

/** Rules with those that they may need, and which alerts are meant; undefined: all of them. */
export interface BacktestRules {
  readonly groups: readonly RuleGroup[]
  readonly alert: string | undefined
}

/**
 * What is meant: a shipped pack, an alert of one, a rule file or a folder of them, or an alert that the evaluator runs.
 * @throws {CliError} `bad-usage` with what there is
 */
export async function findBacktestRules(what: string, evaluator: Backend): Promise<BacktestRules> {
  const packs = packNames()
  if (packs.includes(what)) return { groups: loadPacks([what]), alert: undefined }
  for (const pack of packs) {
    const groups = loadPacks([pack])
    if (hasAlert(groups, what)) return { groups, alert: what }
  }
  if (statSync(what, { throwIfNoEntry: false }))
    return { groups: findRuleFiles([what]).flatMap(({ name, text }) => parse(name, text)), alert: undefined }
  if (/[/\\]|\.ya?ml$/.test(what)) throw new CliError('bad-usage', `${what} is not there`)
  const groups = (await askRules(evaluator)).flatMap(parseRunning)
  if (hasAlert(groups, what)) return { groups, alert: what }
  throw new CliError(
    'bad-usage',
    `${what} is no rule file, no pack (${packs.join(', ')}), and no alert of these or of the running evaluator: \`tocsin rules list\` shows them`,
  )
}

const hasAlert = (groups: readonly RuleGroup[], name: string) =>
  groups.some(({ rules }) => rules.some((rule) => rule.kind === 'alerting' && rule.name === name))

function parse(name: string, text: string): readonly RuleGroup[] {
  try {
    return parseRuleFile(name, text)
  } catch (error) {
    throw error instanceof RuleError ? new CliError('bad-usage', error.message, { cause: error }) : error
  }
}

/** A group as the API shows it, read again as a rule file: JSON is YAML. */
function parseRunning({ name, file, interval, rules }: RunningGroup): readonly RuleGroup[] {
  const written = rules.map((rule) =>
    rule.type === 'recording'
      ? { record: rule.name, expr: rule.query, labels: rule.labels }
      : {
          alert: rule.name,
          expr: rule.query,
          for: seconds(rule.duration),
          keep_firing_for: seconds(rule.keepFiringFor),
          labels: rule.labels,
          annotations: { ...rule.annotations, ...instructionsOf(rule) },
        },
  )
  return parse(file, JSON.stringify({ groups: [{ name, interval: seconds(interval), rules: written }] }))
}

/** What a rule asks for beyond Prometheus, as its file says it. */
function instructionsOf({ noData, resolve, flap }: Extract<RunningRule, { type: 'alerting' }>) {
  return {
    ...(noData && { tocsin_no_data: `${noData.policy} ${seconds(noData.for)}` }),
    ...(resolve !== undefined && { tocsin_resolve: resolve }),
    ...(flap && { tocsin_flap: `${flap.changes} in ${seconds(flap.within)}` }),
  }
}

const seconds = (value: number) => `${Math.round(value * 1000)}ms`
