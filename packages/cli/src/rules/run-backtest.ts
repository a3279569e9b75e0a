import { createBacktest, placeRules, planBacktest } from '@tocsin/alerting'
import { CliError } from '../errors.ts'
import type { Terminal } from '../output/terminal.ts'
import { type BackendEnv, chooseBackend } from '../query/choose-backend.ts'
import { readTimes, type TimeFlags } from '../query/read-times.ts'
import { chooseEvaluator, type EvaluatorAddress } from './ask-evaluator.ts'
import { findBacktestRules } from './find-backtest-rules.ts'
import { formatBacktest, formatFigures, toJson } from './format-backtest.ts'
import { replayParts } from './replay-parts.ts'

/** The flags of `tocsin rules backtest`. */
export interface BacktestFlags extends Omit<TimeFlags, 'time'> {
  readonly rule?: string
  readonly url?: string
  readonly json?: boolean
}

/** What it takes from outside. */
export interface BacktestDeps {
  readonly env: BackendEnv & EvaluatorAddress
  readonly nowMs: number
  /** A monotonic clock. Milliseconds. */
  readonly monotonic: () => number
  readonly output: Terminal
}

const USUAL_RANGE = '6h'
const USUAL_STEP_MS = 15_000

/** Replays stored samples through alerts, and shows when they would have fired. @throws {CliError} */
export async function runBacktest(what: string, flags: BacktestFlags, deps: BacktestDeps): Promise<void> {
  const { env, nowMs, monotonic, output } = deps
  const { groups: found, alert } = await findBacktestRules(what, chooseEvaluator(undefined, env))
  const wanted = flags.rule ?? alert
  const { groups } = placeRules(found, { intervalMs: USUAL_STEP_MS })
  const plan = planBacktest(groups, ({ rule }) => wanted === undefined || rule.name === wanted)
  if (plan.alerts.length === 0)
    throw new CliError('bad-usage', `${what} has no alert${wanted === undefined ? '' : ` ${wanted}`}`)
  const isPinned = ({ reachMs }: { readonly reachMs: number }) => !Number.isFinite(reachMs)
  const pinned = plan.alerts.filter(({ rule }) => rule.query.selectors.some(isPinned))
  if (plan.selectors.some(isPinned)) {
    const names = pinned.map(({ ref }) => ref.name).join(', ') || 'a recording rule'
    throw new CliError(
      'bad-usage',
      `${names} looks at one moment (@), and cannot be replayed: --rule chooses another`,
    )
  }

  const usualStepMs = Math.min(...plan.alerts.map(({ group }) => group.everyMs))
  const when = readTimes(
    {
      ...flags,
      ...(flags.range === undefined && flags.from === undefined && { range: USUAL_RANGE }),
      step: flags.step ?? String(usualStepMs / 1000),
    },
    nowMs,
  )
  if (when.kind === 'instant')
    throw new CliError('bad-usage', 'a backtest needs a range: give --from or --range')
  const { stepMs } = when
  // Steps lie on multiples of their length, as those that a backend answers do.
  const [fromMs, toMs] = [when.startMs, when.endMs].map((ms) => Math.floor(ms / stepMs) * stepMs) as [
    number,
    number,
  ]
  const backtest = createBacktest({ plan, fromMs, toMs, stepMs, points: output.columns })
  const figures = await replayParts(chooseBackend(flags.url, env), backtest, plan, {
    stepMs,
    toMs,
    now: monotonic,
  })
  const result = backtest.result()
  const view = { fromMs, toMs, stepMs, columns: output.columns, colors: output.colors }
  if (flags.json) output.print(toJson(result, view))
  else output.print(formatBacktest(result, plan.alerts, view))
  for (const { rule, reason, times } of result.failures)
    output.remark(`warning: ${rule.ref.name} failed ${times} times, at first with: ${reason}`)
  if (figures.samples === 0) output.remark('warning: there are no samples of what these alerts look at')
  output.remark(formatFigures(result, figures, toMs - fromMs))
}
