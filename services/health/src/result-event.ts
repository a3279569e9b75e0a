import type { HealthEvent, HealthStatus } from '@tocsin/contract'
import type { Check } from './check.ts'
import type { CheckRun } from './run-check.ts'

/** A run as the event that everyone is told. */
export function resultEvent(
  of: { readonly service: string; readonly source: string },
  check: Check,
  run: CheckRun,
  status: HealthStatus,
  intervalMs: number,
): HealthEvent {
  const { result, at, durationMs } = run
  const time = new Date(at).toISOString()
  return {
    v: 1,
    id: `${of.source}-${check.name}-${at}`.slice(0, 200),
    time,
    source: of.source,
    service: of.service,
    check: check.name,
    type: check.type,
    status,
    critical: check.critical,
    message: result.message,
    ...(result.details ? { details: { ...result.details } } : {}),
    lastRun: time,
    durationMs,
    intervalMs,
  }
}
