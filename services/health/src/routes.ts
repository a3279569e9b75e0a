import type { HealthReport } from '@tocsin/contract'
import type { Readiness } from '@tocsin/runtime'
import { Router } from 'express'
import { healthJson } from './health-json.ts'

/** `/health` and its probes, under the path that the environment gives. */
export function healthRoutes(path: string, report: () => HealthReport): Router {
  const routes = Router()
  routes.get(path, (request, response) => {
    const health = report()
    response.status(health.status === 'unhealthy' ? 503 : 200).set('Cache-Control', 'no-store')
    if (request.accepts(['application/json', 'application/health+json']) === 'application/health+json')
      response.type('application/health+json').send(JSON.stringify(healthJson(health)))
    else response.json(health)
  })
  return routes
}

/** The probes that every service answers under `/health`, under a path of its own too. */
export function probeRoutes(path: string, readiness: Readiness): Router {
  const routes = Router()
  routes.get(`${path}/live`, (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'alive' })
  })
  routes.get(`${path}/ready`, async (_request, response) => {
    const state = await readiness.report()
    response
      .status(state.status === 'ready' || state.status === 'degraded' ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json(state)
  })
  return routes
}
