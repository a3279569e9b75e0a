import type { SloStatus } from '@tocsin/contract'
import type { Objective } from './objective.ts'

/** What was counted over the period; `undefined` where the query returned nothing at all. */
export interface Counted {
  readonly good: number | undefined
  readonly total: number | undefined
}

/**
 * How an objective stands. No traffic leaves the budget as it is; no data is said, and is never taken for a good or a
 * bad period. Extrapolation can count slightly more good events than there are: never more than all of them.
 */
export function judgeObjective(objective: Objective, counted: Counted): SloStatus {
  const { name, description, target } = objective
  const base = { name, description, target }
  const nothing = { good: null, total: null, compliance: null, errorBudgetRemaining: null }
  if (counted.total === undefined || Number.isNaN(counted.total))
    return { ...base, ...nothing, state: 'no_data', detail: `no series for ${objective.total}` }
  const total = Math.max(0, counted.total)
  if (total === 0)
    return { ...base, good: 0, total: 0, compliance: null, errorBudgetRemaining: 1, state: 'no_traffic' }
  const good = Math.min(total, Math.max(0, counted.good ?? 0))
  const compliance = good / total
  return {
    ...base,
    good,
    total,
    compliance,
    errorBudgetRemaining: 1 - (1 - compliance) / (1 - target),
    state: compliance >= target ? 'met' : 'breached',
  }
}

/** The standing of an objective whose queries were refused. */
export function misconfigured(objective: Objective, detail: string): SloStatus {
  const { name, description, target } = objective
  return {
    name,
    description,
    target,
    state: 'misconfigured',
    detail,
    good: null,
    total: null,
    compliance: null,
    errorBudgetRemaining: null,
  }
}
