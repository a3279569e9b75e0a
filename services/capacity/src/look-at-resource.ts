import type { CapacityForecast } from '@tocsin/contract'
import { createPrometheusClient, loginHeaders, readLogin, type ServiceContext } from '@tocsin/runtime'
import type { CapacityEnv } from './env.ts'
import { forecastResource } from './forecast-resource.ts'
import { measureResource } from './measure-resource.ts'
import { defaultResources } from './resource.ts'
import { UnknownResourceError } from './unknown-resource.ts'

/** A forecast, and in a few words why its risk is what it is. */
export type Look = (name: string, days: number) => Promise<{ forecast: CapacityForecast; reason: string }>

/** Looks at a resource by its name, through the query backend. */
export function createLook({ env, clock }: ServiceContext<CapacityEnv>): Look {
  const client = createPrometheusClient(env.PROMETHEUS_URL ?? `http://localhost:${env.PROMETHEUS_PORT}`, {
    headers: loginHeaders(readLogin(env)),
  })
  return async (name, days) => {
    const resource = defaultResources.find((known) => known.name === name)
    if (!resource) throw new UnknownResourceError(name)
    const now = clock.now()
    const { reason, ...forecast } = forecastResource(
      resource,
      await measureResource(client, resource, now),
      days,
      now,
    )
    return { forecast, reason }
  }
}
