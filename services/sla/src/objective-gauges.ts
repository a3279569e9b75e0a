import { type SloStatus, slaMetrics } from '@tocsin/contract'
import type { ServiceContext } from '@tocsin/runtime'
import type { BurnRate } from './burn-rates.ts'

type ShowObjectives = (slos: readonly SloStatus[], burnRates: readonly BurnRate[]) => void

const states = ['met', 'breached', 'no_traffic', 'no_data', 'misconfigured'] as const

interface Removable<Label extends string> {
  set(labels: Partial<Record<Label, string>>, value: number): void
  remove(labels: Partial<Record<Label, string>>): void
}

/** Shows how the objectives stand as metrics. No figure is no sample: a stale one would be taken for the present. */
export function createObjectiveGauges(metrics: ServiceContext['metrics']): ShowObjectives {
  const target = metrics.gauge(slaMetrics.sloTargetRatio)
  const compliance = metrics.gauge(slaMetrics.sloComplianceRatio)
  const budget = metrics.gauge(slaMetrics.sloErrorBudgetRemainingRatio)
  const events = metrics.gauge(slaMetrics.sloEvents)
  const state = metrics.gauge(slaMetrics.sloState)
  const burn = metrics.gauge(slaMetrics.sloBurnRate)
  return (slos, burnRates) => {
    for (const { name: slo, good, total, ...status } of slos) {
      target.set({ slo }, status.target)
      put(compliance, { slo }, status.compliance)
      put(budget, { slo }, status.errorBudgetRemaining)
      put(events, { slo, kind: 'total' }, total)
      put(events, { slo, kind: 'good' }, good)
      put(events, { slo, kind: 'bad' }, total === null || good === null ? null : total - good)
      for (const name of states) state.set({ slo, state: name }, Number(status.state === name))
    }
    for (const { slo, window, rate } of burnRates) put(burn, { slo, window }, rate)
  }
}

function put<Label extends string>(
  gauge: Removable<Label>,
  labels: Partial<Record<Label, string>>,
  value: number | null,
): void {
  if (value === null) gauge.remove(labels)
  else gauge.set(labels, value)
}
