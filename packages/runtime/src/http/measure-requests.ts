import { runtimeMetrics } from '@tocsin/contract'
import type { RequestHandler } from 'express'
import type { Metrics } from '../metrics/create-metrics.ts'

/** Times every request by method, route and status. The route is its pattern: paths have no bound. */
export function measureRequests(metrics: Metrics): RequestHandler {
  const seconds = metrics.histogram(runtimeMetrics.httpRequestDurationSeconds)
  return (request, response, next) => {
    const begun = performance.now()
    response.once('finish', () => {
      const path: unknown = request.route?.path
      const route = typeof path === 'string' ? path : 'other'
      const { method } = request
      seconds.observe(
        { method, route, status: String(response.statusCode) },
        (performance.now() - begun) / 1000,
      )
    })
    next()
  }
}
