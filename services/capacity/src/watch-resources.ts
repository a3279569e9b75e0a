import type { CapacityForecast, CapacityForecastEvent, CapacityRiskEvent, RiskLevel } from '@tocsin/contract'
import { messageOf, type ServiceContext, sleep } from '@tocsin/runtime'
import type { CapacityEnv } from './env.ts'
import { createForecastGauges } from './forecast-gauges.ts'
import type { Look } from './look-at-resource.ts'
import { defaultResources } from './resource.ts'

/**
 * Looks at every resource now and then at its interval: metrics and a forecast each time, a risk event when the level
 * changed. The function returned ends it.
 */
export function watchResources(ctx: ServiceContext<CapacityEnv>, look: Look): () => Promise<void> {
  const { env, clock, log } = ctx
  const aborter = new AbortController()
  const show = createForecastGauges(ctx.metrics)
  const levels = new Map<string, RiskLevel>()

  async function lookAll(): Promise<void> {
    for (const { name } of defaultResources) {
      const { forecast, reason } = await look(name, env.CAPACITY_FORECAST_DAYS)
      show(forecast)
      await publishForecast(ctx, forecast)
      const previous = levels.get(name) ?? 'unknown'
      if (forecast.risk !== previous) await publishRisk(ctx, forecast, previous, reason)
      levels.set(name, forecast.risk)
    }
  }

  async function run(): Promise<void> {
    while (!aborter.signal.aborted) {
      await lookAll().catch((error: unknown) =>
        log.warn({ err: error }, `the resources could not be looked at, trying again: ${messageOf(error)}`),
      )
      await sleep(clock, env.CAPACITY_EVALUATION_INTERVAL, aborter.signal)
    }
  }

  const running = run()
  return () => {
    aborter.abort()
    return running
  }
}

async function publishForecast(
  { bus, clock, name }: ServiceContext<CapacityEnv>,
  forecast: CapacityForecast,
): Promise<void> {
  const now = clock.now()
  const event: CapacityForecastEvent = {
    v: 1,
    id: `${forecast.resource}-${now}`,
    time: new Date(now).toISOString(),
    source: name,
    forecast,
  }
  await bus.publish(bus.subjects.capacityForecast(forecast.resource), event, { msgId: event.id })
}

async function publishRisk(
  { bus, clock, name, log }: ServiceContext<CapacityEnv>,
  { resource, risk }: CapacityForecast,
  previous: RiskLevel,
  reason: string,
): Promise<void> {
  const now = clock.now()
  const event: CapacityRiskEvent = {
    v: 1,
    id: `${resource}-risk-${now}`,
    time: new Date(now).toISOString(),
    source: name,
    resource,
    risk,
    previous,
    reason,
  }
  log.info({ resource, from: previous, to: risk }, `${resource}: ${reason}`)
  await bus.publish(bus.subjects.capacityRisk(resource), event, { msgId: event.id })
}
