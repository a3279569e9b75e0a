import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RecordRequest } from '../record/create-recorder.ts'
import type { Tracing } from '../series/active-trace.ts'
import { createRouteReader, type RoutedRequest } from './express-route.ts'
import { CLIENT_CLOSED } from './request-labels.ts'

/** Middleware for express (4 and 5), connect, and what takes such. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** Records every request once, under the pattern of its route, when its answer has ended. Use it before the routes. */
export function createRequestMonitor(record: RecordRequest, tracing: Tracing): Middleware {
  const seen = new WeakSet<IncomingMessage>()
  const routeOf = createRouteReader()

  return (request, response, next) => {
    // Used for the application and again for a router.
    if (seen.has(request)) return next()
    seen.add(request)
    const started = performance.now()
    // The span of the request is active now, and may not be when its answer ends.
    const span = tracing.active?.() ?? null
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED
      const took = performance.now() - started
      record(request.method ?? 'GET', routeOf(request as RoutedRequest), status, took, span)
    })
    next()
  }
}
