import { type HealthEvent, type HealthReport, healthEvent, healthMetrics } from '@tocsin/contract'
import {
  consumeOrdered,
  decodeJson,
  messageOf,
  parseWith,
  pipeline,
  RefusedError,
  type ServiceContext,
  type ServiceDefinition,
} from '@tocsin/runtime'
import { builtInChecks } from './checks/registry.ts'
import { type HealthEnv, healthEnv } from './env.ts'
import type { Standing } from './judge-run.ts'
import { reportHealth } from './report-health.ts'
import { healthRoutes, probeRoutes } from './routes.ts'
import { healthScore, showHealth } from './show-health.ts'
import { tellChange } from './tell-change.ts'
import { type Watch, watchChecks } from './watch-checks.ts'

/** The health of everything: our own checks, and those that applications publish. */
export const health: ServiceDefinition<typeof healthEnv.shape> = {
  name: 'health',
  env: healthEnv,
  port: (env) => env.HEALTH_CHECK_PORT,
  async start(ctx) {
    const { env, clock, http, bus, lifecycle, readiness } = ctx
    const results = new Map<string, HealthEvent>()
    const keep = (result: HealthEvent) => {
      const key = `${result.service}\n${result.check}`
      if (result.ended) results.delete(key)
      else results.set(key, result)
    }
    // What did not run is not healthy: that goes for the first moments too.
    let looked = false
    const report = (): HealthReport => {
      const found = reportHealth(results.values(), clock.now())
      return looked ? found : { ...found, status: 'unhealthy' }
    }

    http.use(healthRoutes(env.HEALTH_CHECK_PATH, report))
    if (env.HEALTH_CHECK_PATH !== '/health') http.use(probeRoutes(env.HEALTH_CHECK_PATH, readiness))
    readiness.check('checks', () => {
      const failed = report().checks.filter((check) => check.critical && check.status === 'unhealthy')
      return failed.length > 0
        ? failed.map(({ check, message }) => `${check}: ${message ?? ''}`).join('; ')
        : undefined
    })

    // Results of our own come back on the stream too; what is known already is not older than that.
    const consumer = await consumeOrdered(ctx, {
      stream: 'HEALTH',
      deadLetters: true,
      stages: pipeline(decodeJson, parseWith(healthEvent), (result, { subject, timeMs }) => {
        // Who may publish what is a matter of subjects: a body must not speak for another service.
        if (subject !== bus.subjects.health(result.service, result.check))
          throw new RefusedError(
            'wrong_subject',
            `a result of ${result.service}/${result.check} comes on ${bus.subjects.health(result.service, result.check)}`,
          )
        if (result.source !== ctx.name) keep(runAtMost(result, timeMs))
      }),
    })
    await consumer.caughtUp
    if (env.HEALTH_CHECKS_ENABLED) {
      const watched = watch(ctx, keep)
      lifecycle.onStop('checks', watched.end)
      await watched.looked
    }
    looked = true
    showHealth(ctx.metrics, report)
    await bus.serveRpc('health', { report })
  },
}

/** What a clock that is ahead says of a run: it was not after its message was stored, or it would never be too old. */
function runAtMost(result: HealthEvent, timeMs: number): HealthEvent {
  return Date.parse(result.lastRun) <= timeMs
    ? result
    : { ...result, lastRun: new Date(timeMs).toISOString() }
}

function watch(ctx: ServiceContext<HealthEnv>, keep: (result: HealthEvent) => void): Watch {
  const { env, clock, bus, log, metrics } = ctx
  const up = metrics.gauge(healthMetrics.healthCheckHealthy)
  const took = metrics.histogram(healthMetrics.healthCheckDurationSeconds)

  // NATS may be what is unhealthy: telling others must not hold up the checks, and its failure is itself a result.
  const publish = (subject: string, event: object, msgId: string) =>
    bus.publish(subject, event, { msgId, deadlineMs: env.HEALTH_CHECK_INTERVAL }).catch((error: unknown) => {
      log.debug({ subject, err: error }, `could not tell the others: ${messageOf(error)}`)
    })

  return watchChecks({
    checks: builtInChecks(ctx),
    service: 'tocsin',
    source: ctx.name,
    intervalMs: env.HEALTH_CHECK_INTERVAL,
    timeoutMs: env.HEALTH_CHECK_TIMEOUT,
    thresholds: { failures: env.HEALTH_FAILURE_THRESHOLD, successes: env.HEALTH_SUCCESS_THRESHOLD },
    clock,
    onResult(result: HealthEvent, before: Standing | undefined, after: Standing) {
      keep(result)
      up.set({ check: result.check }, healthScore[result.status])
      took.observe({ check: result.check }, result.durationMs / 1000)
      if (before && before.status !== result.status)
        log.warn(
          { check: result.check, from: before.status, to: result.status },
          result.message ?? 'a check changed',
        )
      void publish(bus.subjects.health(result.service, result.check), result, result.id)
      const told = tellChange(result, before, after)
      if (told) void publish(bus.subjects.notificationRequest, told, told.id ?? result.id)
    },
  })
}
