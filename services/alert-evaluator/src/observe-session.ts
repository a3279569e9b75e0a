import type { Session } from './evaluation/session.ts'
import type { EvaluatorMetrics } from './evaluator-metrics.ts'

/** Lets the gauges of alerts and series be counted when they are asked for. */
export function observeSession(
  { active, series }: EvaluatorMetrics,
  session: () => Session | undefined,
): void {
  const collect = () => {
    const counts = { pending: 0, firing: 0 }
    const engine = session()?.engine
    for (const id of engine?.rules().rules.keys() ?? [])
      for (const { phase } of engine?.status(id).alerts.values() ?? [])
        if (phase === 'pending' || phase === 'firing') counts[phase]++
    active.set({ state: 'pending' }, counts.pending)
    active.set({ state: 'firing' }, counts.firing)
  }
  // prom-client calls it before it reads a gauge.
  Object.assign(active, { collect })
  Object.assign(series, { collect: () => series.set(session()?.series() ?? 0) })
}
