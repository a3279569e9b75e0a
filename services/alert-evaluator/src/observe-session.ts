import type { Metrics } from '@tocsin/runtime'
import type { EvaluatorMetrics } from './evaluator-metrics.ts'
import type { Replica } from './run-replica.ts'

/** Lets the gauges of alerts and series be counted when they are asked for. */
export function observeSession(
  metrics: Pick<Metrics, 'beforeRead'>,
  { active, series, parts }: EvaluatorMetrics,
  { session, share }: Pick<Replica, 'session' | 'share'>,
): void {
  metrics.beforeRead(() => {
    const counts = { pending: 0, firing: 0 }
    const engine = session()?.engine
    for (const id of engine?.rules().rules.keys() ?? [])
      for (const { phase } of engine?.status(id).alerts.values() ?? [])
        if (phase === 'pending' || phase === 'firing') counts[phase]++
    active.set({ state: 'pending' }, counts.pending)
    active.set({ state: 'firing' }, counts.firing)
    series.set(session()?.series() ?? 0)
    parts.set(share()?.held().size ?? 0)
  })
}
