import type { HealthReport, HealthStatus } from '@tocsin/contract'

const words: Readonly<Record<HealthStatus, 'pass' | 'warn' | 'fail'>> = {
  healthy: 'pass',
  degraded: 'warn',
  unhealthy: 'fail',
}

/** The report as `application/health+json` (draft-inadarei-api-health-check-06). */
export function healthJson(report: HealthReport) {
  const checks: Record<string, unknown[]> = {}
  for (const check of report.checks) {
    const key = `${check.service}/${check.check}:duration`
    checks[key] = [
      ...(checks[key] ?? []),
      {
        componentId: check.id,
        componentType: check.type,
        observedValue: check.durationMs,
        observedUnit: 'ms',
        status: words[check.status],
        time: check.lastRun,
        ...(check.message === undefined || check.status === 'healthy' ? {} : { output: check.message }),
      },
    ]
  }
  return { status: words[report.status], checks }
}
