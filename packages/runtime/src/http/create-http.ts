import express, { type Express } from 'express'
import type { Log } from '../log/create-log.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import { renderMetrics } from '../metrics/render-metrics.ts'
import type { Readiness } from '../service/readiness.ts'
import { answerError, answerNotFound, answerStarting } from './answer-error.ts'
import { type Login, requireLogin } from './login.ts'
import { measureRequests } from './measure-requests.ts'

export interface HttpOptions {
  /** false: the service answers `/metrics` itself. */
  readonly metrics?: boolean
  /** Largest JSON body, as express.json takes it; false: the service reads bodies itself. */
  readonly json?: string | number | false
  /** Who may read what; everybody everything when left out. */
  readonly access?: { readonly login: Login; readonly paths: readonly string[] } | undefined
}

export interface CreatedHttp {
  /** What is listened with. */
  readonly server: Express
  /** The service's own routes. */
  readonly app: Express
}

/** The express application of a service: `/health/live`, `/health/ready`, `/metrics`, its own routes, errors as JSON. */
export function createHttp(
  deps: { readonly log: Log; readonly metrics: Metrics; readonly readiness: Readiness },
  options: HttpOptions = {},
): CreatedHttp {
  const { log, metrics, readiness } = deps
  const server = express().disable('x-powered-by')
  const app = express().disable('x-powered-by')

  server.get('/health/live', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'alive' })
  })
  server.get('/health/ready', async (_request, response) => {
    const report = await readiness.report()
    response
      .status(report.status === 'ready' || report.status === 'degraded' ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json(report)
  })
  if (options.access) server.use([...options.access.paths], requireLogin(options.access.login))
  if (options.metrics !== false)
    server.get('/metrics', async (request, response) => {
      const { type, body } = await renderMetrics(metrics, request.get('accept'))
      response.set('Content-Type', type).send(body)
    })
  server.use(measureRequests(metrics))
  const json = options.json ?? '1mb'
  if (json !== false) server.use(express.json({ limit: json }))
  server.use(app)
  server.use(answerStarting(() => readiness.isStarting()))
  server.use(answerNotFound)
  server.use(answerError(log))
  return { server, app }
}
