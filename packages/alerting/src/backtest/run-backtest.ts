import type { Labels } from '@tocsin/contract'
import { createHead } from '@tocsin/tsdb'
import { type Alert, type Change, isActive } from '../alerts/alert.ts'
import { createSeriesFeed, type FedSeries } from '../replay/feed-series.ts'
import { createRuleRun, type RuleFailure } from '../replay/run-rules.ts'
import type { PlacedRule } from '../rules/rule-set.ts'
import { type ObservedLine, observeExpression } from './observe-expression.ts'
import type { BacktestPlan } from './plan-backtest.ts'

/** One time that an alert was active. Milliseconds since the epoch. */
export interface Episode {
  readonly rule: PlacedRule
  readonly labels: Labels
  readonly pendingAtMs: number
  /** Undefined: it went away before it fired. */
  readonly firedAtMs: number | undefined
  /** Undefined: it was active to the end. */
  readonly endedAtMs: number | undefined
  /** What it said at last. */
  readonly summary: string
}

/** What would have happened. */
export interface BacktestResult {
  readonly evaluations: number
  /** Those that were active within the times of interest, by when they began. */
  readonly episodes: readonly Episode[]
  /** The first failure of each rule, and how many there were. */
  readonly failures: readonly (RuleFailure & { readonly times: number })[]
  /** What the first alert's condition looks at, over time. */
  readonly observed: readonly ObservedLine[]
}

/** A replay of stored samples through rules, in parts that may be fetched one after the other. */
export interface Backtest {
  /** When the first sample is needed, and when the first evaluation takes place. Milliseconds. */
  readonly dataFromMs: number
  readonly startMs: number
  /** Samples of the part that ends at `untilMs`, and the evaluations until then. @throws RangeError when a series is refused */
  replay(series: Iterable<FedSeries>, untilMs: number): void
  result(): BacktestResult
}

export interface BacktestOptions {
  readonly plan: BacktestPlan
  /** The times of interest: what ended before is left out. Milliseconds. */
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
  /** How many points of what is observed are wanted at least; there are more where an alert is active. */
  readonly points: number
}

const MAX_SERIES = 2_000_000
const MAX_BYTES = 2 * 1024 ** 3

/** Begins a backtest: every rule is evaluated at every step, by what evaluates it in the alert evaluator. */
export function createBacktest({ plan, fromMs, toMs, stepMs, points }: BacktestOptions): Backtest {
  const { groups, selectors, warmUpMs } = plan
  // On the grid that the steps of `fromMs` lie on.
  const startMs = fromMs - Math.ceil(warmUpMs / stepMs) * stepMs
  const reachMs = Math.max(0, ...selectors.map((one) => one.reachMs))
  const offsetMs = Math.max(0, ...groups.map((group) => group.queryOffsetMs))
  const head = createHead({
    // What no rule looks at any more may go.
    retentionMs: reachMs + offsetMs + warmUpMs + 10 * stepMs,
    maxBytes: MAX_BYTES,
    maxSeries: MAX_SERIES,
    maxSeriesPerMetric: MAX_SERIES,
    maxSeriesPerSource: MAX_SERIES,
  })
  const open = new Map<string, { readonly episode: Episode; readonly alert: Alert }>()
  const closed: Episode[] = []
  const failures = new Map<PlacedRule, RuleFailure & { readonly times: number }>()
  let evaluations = 0
  let nextMs = startMs

  function follow(rule: PlacedRule, changes: readonly Change[], atMs: number): void {
    for (const { alert } of changes) {
      const key = `${rule.id} ${alert.fingerprint}`
      const before = open.get(key)?.episode
      if (alert.phase === 'pending' || alert.phase === 'firing') {
        const episode = {
          ...(before ?? begin(rule, alert)),
          firedAtMs: alert.firedAt,
          summary: summaryOf(alert),
        }
        open.set(key, { episode, alert })
      } else if (before) {
        open.delete(key)
        if (atMs >= fromMs) closed.push({ ...before, endedAtMs: atMs, summary: summaryOf(alert) })
      }
    }
  }

  const run = createRuleRun({ groups, head, externalURL: '', changed: follow })
  const feed = createSeriesFeed(head, groups)
  const [first] = plan.alerts
  const everyMs = Math.max(1, Math.floor((toMs - fromMs) / stepMs / points)) * stepMs
  const observer = first && observeExpression(first.rule.query.compiled.expr, head)

  return {
    dataFromMs: startMs - reachMs - offsetMs,
    startMs,
    replay(series, untilMs) {
      feed.add(series)
      for (; nextMs <= Math.min(untilMs, toMs); nextMs += stepMs) {
        feed.advance(nextMs)
        for (const failure of run.evaluate(nextMs)) {
          const known = failures.get(failure.rule) ?? { ...failure, times: 0 }
          failures.set(failure.rule, { ...known, times: known.times + 1 })
        }
        evaluations++
        // Every step while something is amiss: between two points of a chart a whole incident may lie.
        const isWanted =
          (nextMs - fromMs) % everyMs === 0 || (first && run.alertsOf(first).values().some(isActive))
        if (nextMs >= fromMs && isWanted) observer?.look(nextMs - (first?.group.queryOffsetMs ?? 0))
      }
      head.maintain(nextMs)
    },
    result: () => ({
      evaluations,
      episodes: [...closed, ...[...open.values()].map(({ episode }) => episode)].sort(
        (a, b) => a.pendingAtMs - b.pendingAtMs,
      ),
      failures: [...failures.values()],
      observed: observer?.lines() ?? [],
    }),
  }
}

const begin = (rule: PlacedRule, { labels, activeAt, firedAt }: Alert) => ({
  rule,
  labels,
  pendingAtMs: activeAt,
  firedAtMs: firedAt,
  endedAtMs: undefined,
})

const summaryOf = ({ annotations }: Alert): string => annotations['summary'] ?? ''
