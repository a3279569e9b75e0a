import { type HealthReport, type HealthStatus, healthMetrics } from '@tocsin/contract'
import type { ServiceContext } from '@tocsin/runtime'

/** A status as metrics have it. */
export const healthScore: Readonly<Record<HealthStatus, number>> = { healthy: 1, degraded: 0.5, unhealthy: 0 }

/** Shows the report as metrics, as it is whenever they are read: a check that did not run is seen to be unhealthy. */
export function showHealth(metrics: ServiceContext['metrics'], report: () => HealthReport): void {
  const status = metrics.gauge(healthMetrics.healthStatus)
  const age = metrics.gauge(healthMetrics.healthCheckAgeSeconds)
  const took = metrics.gauge(healthMetrics.healthLastDurationSeconds)
  const overall = metrics.gauge(healthMetrics.healthOverall)
  metrics.beforeRead(() => {
    const health = report()
    for (const gauge of [status, age, took]) gauge.reset()
    for (const { service: target, check, ...result } of health.checks) {
      status.set({ target, check }, healthScore[result.status])
      age.set({ target, check }, (Date.parse(health.time) - Date.parse(result.lastRun)) / 1000)
      took.set({ target, check }, result.durationMs / 1000)
    }
    overall.set(healthScore[health.status])
  })
}
