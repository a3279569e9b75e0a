import type { SlaPeriod, SlaReport, SloStatus } from '@tocsin/contract'

/** Puts the objectives of a period together. Percentages are over those that could be measured. */
export function makeReport(
  period: SlaPeriod,
  fromMs: number,
  toMs: number,
  dataFromMs: number | undefined,
  slos: readonly SloStatus[],
): SlaReport {
  const measured = slos.filter((slo) => slo.state === 'met' || slo.state === 'breached')
  const met = measured.filter((slo) => slo.state === 'met')
  return {
    period,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    dataFrom: dataFromMs === undefined ? null : new Date(dataFromMs).toISOString(),
    overallCompliance: measured.length === 0 ? null : percent(met.length / measured.length),
    errorBudget: overallBudget(measured),
    slos: [...slos],
  }
}

/** Bad events against those that the targets allow, over all objectives, so that traffic weighs. */
function overallBudget(measured: readonly SloStatus[]): SlaReport['errorBudget'] {
  let total = 0
  let bad = 0
  let allowed = 0
  for (const slo of measured) {
    total += slo.total ?? 0
    bad += (slo.total ?? 0) - (slo.good ?? 0)
    allowed += (slo.total ?? 0) * (1 - slo.target)
  }
  if (total === 0) return { total: null, consumed: null, remaining: null }
  const consumed = bad / allowed
  return { total: percent(allowed / total), consumed: percent(consumed), remaining: percent(1 - consumed) }
}

/** To a thousandth of a percent: what the counts can carry, and no floating-point dust. */
function percent(ratio: number): number {
  return Math.round(ratio * 100_000) / 1000
}
