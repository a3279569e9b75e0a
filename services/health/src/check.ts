import type { HealthStatus } from '@tocsin/contract'

/** What one run of a check found. */
export interface CheckResult {
  readonly status: HealthStatus
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Something that can be looked at. `run` is cut off at the timeout; what it throws is unhealthy. */
export interface Check {
  readonly name: string
  readonly type: 'service' | 'database' | 'memory' | 'disk' | 'query' | 'observability'
  /** A critical check makes the whole unhealthy; any other degrades it. */
  readonly critical: boolean
  run(signal: AbortSignal): Promise<CheckResult> | CheckResult
}

/** The status that a measured share gives: higher is worse. Shares 0 to 1. */
export function statusAbove(share: number, degraded: number, unhealthy: number): HealthStatus {
  if (share >= unhealthy) return 'unhealthy'
  return share >= degraded ? 'degraded' : 'healthy'
}
