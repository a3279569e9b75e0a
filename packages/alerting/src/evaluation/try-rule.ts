import type { Labels } from '@tocsin/contract'
import type { Rule } from '@tocsin/rules'
import { type ObserveDeps, observeAlerts } from './observe-alerts.ts'
import { recordedSamples } from './write-series.ts'

/** An alert that a rule would raise now. */
export interface TriedAlert {
  readonly labels: Labels
  readonly annotations: Labels
  /** What it would be first. */
  readonly state: 'pending' | 'firing'
  readonly value: number
}

/** What a rule gives now, without any effect. */
export interface Trial {
  readonly alerts: readonly TriedAlert[]
  /** What a recording rule would write. */
  readonly samples: readonly { readonly labels: Labels; readonly value: number }[]
  /** Remarks of the expression's evaluation. */
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  readonly seconds: number
}

export interface TrialTimes {
  readonly atMs: number
  readonly queryOffsetMs: number
  /** A clock for durations. Milliseconds. */
  readonly monotonic: () => number
}

/**
 * Evaluates a rule over a head as it is, and leaves everything as it is.
 * @throws QueryError, EvaluationError as the rule's evaluation would fail
 */
export function tryRule(
  rule: Rule,
  deps: ObserveDeps,
  { atMs, queryOffsetMs, monotonic }: TrialTimes,
): Trial {
  const queryMs = atMs - queryOffsetMs
  const begun = monotonic()
  const { warnings, infos } = rule.query.compiled.evaluate(deps.queryable, queryMs)
  const seconds = (monotonic() - begun) / 1000
  const remarks = { warnings, infos, seconds }
  if (rule.kind === 'recording') {
    const samples = recordedSamples(rule, rule.query.evaluate(deps.queryable, queryMs))
    return { alerts: [], samples: [...samples.values()], ...remarks }
  }
  const state: TriedAlert['state'] = rule.forMs > 0 ? 'pending' : 'firing'
  const alerts = observeAlerts(rule, deps, queryMs, atMs).map(({ labels, annotations, value }) => ({
    labels,
    annotations,
    state,
    value,
  }))
  return { alerts, samples: [], ...remarks }
}
