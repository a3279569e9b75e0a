import type { HealthEvent, HealthReport, HealthStatus } from '@tocsin/contract'

/** A result older than this many of its intervals, and the time that a run may take, says nothing of the present. */
const STALE_INTERVALS = 3
const RUN_MS = 10_000

/**
 * The health of everything: unhealthy when a critical check is, degraded when any check is not healthy. A check whose
 * last result is too old did not run, and what did not run is not healthy.
 */
export function reportHealth(results: Iterable<HealthEvent>, now: number): HealthReport {
  const checks = [...results].map((result) => asOf(result, now)).sort(byName)
  return { status: overall(checks), time: new Date(now).toISOString(), checks }
}

function asOf(result: HealthEvent, now: number): HealthEvent {
  const age = now - Date.parse(result.lastRun)
  if (age <= STALE_INTERVALS * result.intervalMs + RUN_MS) return result
  const message = `no result for ${Math.round(age / 1000)} s, it should run every ${Math.round(result.intervalMs / 1000)} s`
  return { ...result, status: 'unhealthy', message }
}

function overall(checks: readonly HealthEvent[]): HealthStatus {
  if (checks.some((check) => check.status === 'unhealthy' && check.critical)) return 'unhealthy'
  return checks.every((check) => check.status === 'healthy') ? 'healthy' : 'degraded'
}

function byName(a: HealthEvent, b: HealthEvent): number {
  return a.service === b.service ? compare(a.check, b.check) : compare(a.service, b.service)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
