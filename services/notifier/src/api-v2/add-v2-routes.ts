import type { AlertRouteDeps } from './alert-routes.ts'
import { addAlertRoutes } from './alert-routes.ts'
import { addSilenceRoutes } from './silence-routes.ts'
import { addStatusRoutes } from './status-routes.ts'
import { answerV2Error, answerV2NotFound } from './v2-error.ts'

/** Alertmanager's own API, version 2, which amtool, Prometheus and dashboards speak. */
export function addV2Routes(deps: AlertRouteDeps & { readonly startedMs: number }): void {
  const { http, log } = deps
  http.use('/api/v2', (_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  addStatusRoutes(deps)
  addSilenceRoutes(deps)
  addAlertRoutes(deps)
  http.use('/api/v2', answerV2NotFound)
  http.use('/api/v2', answerV2Error(log))
}
