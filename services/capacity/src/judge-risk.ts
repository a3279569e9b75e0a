import type { CapacityForecast, RiskLevel } from '@tocsin/contract'

const DAY_MS = 86_400_000

/**
 * How soon a resource may run out: by what is in use now, and by when the upper bound of its forecast says that the
 * limit is reached.
 */
export function judgeRisk(
  utilization: number | null,
  crossings: CapacityForecast['crossings'],
  nowMs: number,
): { risk: RiskLevel; reason: string } {
  if (utilization === null) return { risk: 'unknown', reason: 'its usage or its limit is not known' }
  const inUse = `${Math.round(utilization * 100)} % of the limit is in use`
  if (utilization >= 0.95) return { risk: 'critical', reason: inUse }
  const full = crossings.find((crossing) => crossing.percent === 100)?.earliest
  const days = full ? (Date.parse(full) - nowMs) / DAY_MS : undefined
  const soon = days === undefined ? inUse : `the limit may be reached in ${inWords(days)}`
  if (days !== undefined && days <= 1) return { risk: 'critical', reason: soon }
  if (utilization >= 0.9) return { risk: 'high', reason: inUse }
  if (days !== undefined && days <= 7) return { risk: 'high', reason: soon }
  if (utilization >= 0.8) return { risk: 'medium', reason: inUse }
  if (days !== undefined && days <= 30) return { risk: 'medium', reason: soon }
  return { risk: 'low', reason: soon }
}

/** A length of time in days, as a person says it. */
export function inWords(days: number): string {
  if (days < 1 / 24) return `${Math.max(1, Math.round(days * 24 * 60))} minutes`
  if (days < 2) return `${Math.round(days * 24)} hours`
  return `${Math.round(days)} days`
}

const levels: readonly RiskLevel[] = ['unknown', 'low', 'medium', 'high', 'critical']

/** The level of the one at most risk; unknown when nothing is known of any. */
export function highestRisk(risks: readonly RiskLevel[]): RiskLevel {
  return levels[Math.max(0, ...risks.map((risk) => levels.indexOf(risk)))] ?? 'unknown'
}

/** A level as metrics have it: 0 unknown to 4 critical. */
export function riskNumber(risk: RiskLevel): number {
  return levels.indexOf(risk)
}
