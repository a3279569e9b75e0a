import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Recorder } from './create-recorder.ts'

/** Middleware for express (4 and 5), connect, and what takes such. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** What express knows of a request once a route has matched. */
interface Routed {
  readonly baseUrl?: string
  readonly route?: { readonly path?: unknown }
  readonly params?: Readonly<Record<string, unknown>>
}

/** The route of requests that no route matched. */
const UNMATCHED = 'unmatched'
/** What becomes of routes beyond this number, should a mount path carry values. */
const OTHER = 'other'
const MAX_ROUTES = 1000
/** nginx' code for a client that went away before it was answered. */
const CLIENT_CLOSED = 499

/** Records every request with its route pattern. Use it before the routes. */
export function createRequestMonitor(record: Recorder['recordHttpRequest']): Middleware {
  const routes = new Set<string>()

  function bounded(route: string): string {
    if (routes.has(route)) return route
    if (routes.size >= MAX_ROUTES) return OTHER
    routes.add(route)
    return route
  }

  return (request, response, next) => {
    const started = performance.now()
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED
      record(
        request.method ?? 'GET',
        bounded(routeOf(request as Routed)),
        status,
        performance.now() - started,
      )
    })
    next()
  }
}

/** The pattern that matched. A router's mount path is known only as it came: values of parameters are put back. */
export function routeOf({ baseUrl = '', route, params = {} }: Routed): string {
  if (route === undefined) return UNMATCHED
  const mount = baseUrl
    .split('/')
    .map((segment) => parameterOf(segment, params) ?? segment)
    .join('/')
  const path = [route.path].flat().map(String).join('|')
  return mount + (path === '/' && mount !== '' ? '' : path)
}

function parameterOf(segment: string, params: Readonly<Record<string, unknown>>): string | undefined {
  if (segment === '') return undefined
  const found = Object.entries(params).find(
    ([, value]) => value === segment || encodeURIComponent(String(value)) === segment,
  )
  return found && `:${found[0]}`
}
