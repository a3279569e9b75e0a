import { CliError } from '../errors.ts'
import { formatTable } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import {
  askRules,
  chooseEvaluator,
  type EvaluatorAddress,
  type RunningGroup,
  type RunningRule,
} from './ask-evaluator.ts'

/** The flags of `tocsin rules list`. */
export interface ListFlags {
  readonly state?: string
  readonly sort: string
  readonly url?: string
  readonly json?: boolean
}

const STATES = ['firing', 'pending', 'inactive', 'recording', 'err']
const SORTS = ['group', 'time']
const NEVER_MS = 0

interface Row {
  readonly group: RunningGroup
  readonly rule: RunningRule
}

/** Shows the rules that run. @throws {CliError} */
export async function runList(
  flags: ListFlags,
  env: EvaluatorAddress,
  nowMs: number,
  output: Terminal,
): Promise<void> {
  const { state, sort } = flags
  if (state !== undefined && !STATES.includes(state))
    throw new CliError('bad-usage', `--state ${state}: there are ${STATES.join(', ')}`)
  if (!SORTS.includes(sort)) throw new CliError('bad-usage', `--sort ${sort}: there are ${SORTS.join(', ')}`)
  const groups = await askRules(chooseEvaluator(flags.url, env))
  const all = groups.flatMap((group) => group.rules.map((rule): Row => ({ group, rule })))
  const shown = all.filter(
    ({ rule }) => state === undefined || stateOf(rule) === state || rule.health === state,
  )
  if (sort === 'time') shown.sort((a, b) => b.rule.evaluationTime - a.rule.evaluationTime)
  if (flags.json)
    return output.print(
      JSON.stringify(shown.map(({ group, rule }) => ({ group: group.name, file: group.file, ...rule }))),
    )
  if (shown.length > 0) output.print(formatRows(shown, nowMs, output))
  for (const { rule } of shown.filter(({ rule: { lastError } }) => lastError))
    output.print(`${output.colors.red('✗')} ${rule.name}: ${rule.lastError}`)
  output.print(`${shown.length > 0 ? '\n' : ''}${shown.length} of ${all.length} rules`)
}

const stateOf = (rule: RunningRule): string => (rule.type === 'recording' ? 'recording' : rule.state)

function formatRows(rows: readonly Row[], nowMs: number, { colors }: Terminal): string {
  const paint: Record<string, (text: string) => string> = {
    firing: colors.red,
    pending: colors.yellow,
    err: colors.red,
  }
  const painted = (text: string) => (paint[text] ?? String)(text)
  const lines = rows.map(({ group, rule }) => [
    `${group.file} ${group.name}`,
    rule.name,
    painted(stateOf(rule)),
    rule.type === 'alerting' && rule.alerts.length > 0 ? String(rule.alerts.length) : '',
    painted(rule.health),
    `${(rule.evaluationTime * 1000).toFixed(2)} ms`,
    formatAgo(nowMs - (Date.parse(rule.lastEvaluation) || NEVER_MS), nowMs),
  ])
  return formatTable(['group', 'rule', 'state', 'alerts', 'health', 'took', 'last'], lines, [3, 5, 6])
}

function formatAgo(ms: number, nowMs: number): string {
  if (ms >= nowMs) return 'never'
  return ms < 10_000 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s ago` : `${Math.round(ms / 1000)} s ago`
}
