import type { SloStatus } from '@tocsin/contract'

/** The objectives that are breached and were not, by their last known states. */
export function findBreaches(
  before: Readonly<Record<string, SloStatus['state']>>,
  slos: readonly SloStatus[],
): SloStatus[] {
  return slos.filter((slo) => slo.state === 'breached' && before[slo.name] !== 'breached')
}

/**
 * The states to remember. Only a measured one replaces another: a gap in the data between two breached periods is
 * not a recovery.
 */
export function statesAfter(
  before: Readonly<Record<string, SloStatus['state']>>,
  slos: readonly SloStatus[],
): Record<string, SloStatus['state']> {
  const states = { ...before }
  for (const slo of slos) if (slo.state === 'met' || slo.state === 'breached') states[slo.name] = slo.state
  return states
}

/** A breach in words. */
export function breachMessage(slo: SloStatus): string {
  const percent = (ratio: number) => `${Number((ratio * 100).toFixed(3))} %`
  const bad = Math.round((slo.total ?? 0) - (slo.good ?? 0))
  return `${percent(slo.compliance ?? 0)} were good, the target is ${percent(slo.target)}: ${bad} of ${Math.round(slo.total ?? 0)} failed.`
}
