import type { CapacityForecast, CapacityRisk } from '@tocsin/contract'
import { HttpError, isRetryable, type ServiceDefinition } from '@tocsin/runtime'
import { capacityEnv } from './env.ts'
import { highestRisk } from './judge-risk.ts'
import { createLook } from './look-at-resource.ts'
import { defaultResources } from './resource.ts'
import { UnknownResourceError } from './unknown-resource.ts'
import { watchResources } from './watch-resources.ts'

/** Resources, how they grow, and when they run out. */
export const capacity: ServiceDefinition<typeof capacityEnv.shape> = {
  name: 'capacity',
  env: capacityEnv,
  port: (env) => env.CAPACITY_PORT,
  async start(ctx) {
    const { env, bus, http, lifecycle } = ctx
    const look = createLook(ctx)
    const forecast = async (name: string, days: number): Promise<CapacityForecast> =>
      (await look(name, days)).forecast
    const risk = async (): Promise<CapacityRisk> => {
      const all = await Promise.all(
        defaultResources.map(({ name }) => look(name, env.CAPACITY_FORECAST_DAYS)),
      )
      const resources = all.map(({ forecast: { resource, risk: level }, reason }) => ({
        resource,
        risk: level,
        reason,
      }))
      return { risk: highestRisk(resources.map((resource) => resource.risk)), resources }
    }

    http.get('/api/v1/capacity/forecast', async (request, response) => {
      const { resource = 'storage', days } = request.query
      const asked = days === undefined ? env.CAPACITY_FORECAST_DAYS : Number(days)
      if (!(asked > 0 && asked <= 365))
        throw new HttpError(400, 'invalid_days', 'days must be a number from 1 to 365')
      response.json(await forecast(String(resource), asked).catch(answerFault))
    })
    http.get('/api/v1/capacity/risk', async (_request, response) => {
      response.json(await risk().catch(answerFault))
    })
    await bus.serveRpc('capacity', { forecast: ({ resource, days }) => forecast(resource, days), risk })
    if (env.CAPACITY_PLANNING_ENABLED) lifecycle.onStop('resources', watchResources(ctx, look))
  },
}

function answerFault(error: unknown): never {
  if (error instanceof UnknownResourceError) throw new HttpError(404, error.code, error.message)
  if (isRetryable(error) && error instanceof Error)
    throw new HttpError(503, 'backend_unavailable', error.message, { cause: error })
  throw error
}
