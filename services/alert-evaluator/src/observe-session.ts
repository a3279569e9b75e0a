import { type Alert, isActive } from '@tocsin/alerting'
import type { Metrics } from '@tocsin/runtime'
import type { EvaluatorMetrics } from './evaluator-metrics.ts'
import type { Replica } from './run-replica.ts'

/** Lets the gauges of alerts and series be counted when they are asked for. */
export function observeSession(
  metrics: Pick<Metrics, 'beforeRead'>,
  { active, held, series, parts }: EvaluatorMetrics,
  { session, share }: Pick<Replica, 'session' | 'share'>,
): void {
  metrics.beforeRead(() => {
    const phases = { pending: 0, firing: 0 }
    const reasons = { keep_firing_for: 0, resolve: 0, no_data: 0, flapping: 0 }
    for (const alert of activeOf(session()?.engine)) {
      if (alert.phase === 'pending' || alert.phase === 'firing') phases[alert.phase]++
      for (const reason of heldBy(alert)) reasons[reason]++
    }
    for (const [state, count] of Object.entries(phases)) active.set({ state }, count)
    for (const [reason, count] of Object.entries(reasons)) held.set({ reason }, count)
    series.set(session()?.series() ?? 0)
    parts.set(share()?.held().size ?? 0)
  })
}

type Engine = NonNullable<ReturnType<Replica['session']>>['engine']

function* activeOf(engine: Engine | undefined): Generator<Alert> {
  for (const id of engine?.rules().rules.keys() ?? [])
    for (const alert of engine?.status(id).alerts.values() ?? []) if (isActive(alert)) yield alert
}

/** What holds an alert beside its condition. */
function heldBy({ keepFiringSince, unresolvedSince, noDataSince, flapping }: Alert) {
  const held: ('keep_firing_for' | 'resolve' | 'no_data' | 'flapping')[] = []
  if (keepFiringSince !== undefined) held.push('keep_firing_for')
  if (unresolvedSince !== undefined) held.push('resolve')
  if (noDataSince !== undefined) held.push('no_data')
  if (flapping?.since !== undefined) held.push('flapping')
  return held
}
