import { AsyncLocalStorage } from 'node:async_hooks'
import { failOnLeaks, waitFor } from '@tocsin/testkit'
import express5 from 'express'
import express4 from 'express4'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createRequestMonitor } from '../src/http/monitor-requests.ts'
import type { SpanReference, Tracing } from '../src/series/active-trace.ts'
import { abandon, serveApp, statusOf } from './http.ts'

failOnLeaks({ beforeAll, afterAll })

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp()
})

type Express = typeof express5

function setUp(express: Express, tracing: Tracing = { active: undefined }) {
  const recorded: string[] = []
  const spans: (SpanReference | null | undefined)[] = []
  const durations: number[] = []
  const app = express()
  const monitor = createRequestMonitor((method, route, status, durationMs, span) => {
    recorded.push(`${method} ${route} ${status}`)
    durations.push(durationMs)
    spans.push(span)
  }, tracing)
  app.use(monitor)
  return { app, monitor, recorded, spans, durations }
}

async function serve(app: ReturnType<Express>): Promise<string> {
  const { url, close } = await serveApp(app)
  cleanups.push(close)
  return url
}

describe.each([
  ['5', express5],
  ['4', express4],
])('the middleware with express %s', (version, express) => {
  it('labels requests with the pattern of their route, however its routers are mounted', async () => {
    const { app, recorded } = setUp(express)
    const done: express5.RequestHandler = (_, response) => void response.send('ok')
    const orders = express.Router()
    orders.get('/', done)
    orders.get('/:order', done)
    const users = express.Router()
    users.use('/:user/orders', orders)
    users.get('/:user', done)
    const admin = express()
    admin.get('/stats/:what', done)
    const shared = express.Router()
    shared.get('/x', done)
    const hidden = express.Router()
    hidden.get('/inner/:x', done)
    app.get('/', done)
    app.get('/products/:id', done)
    app.route('/carts').post(done)
    app.get(['/a', '/b'], done)
    app.get(/^\/numbers\/(\d+)$/, done)
    app.use('/users', users)
    app.use('/admin/:tenant', admin)
    app.use('/one/:n', shared)
    app.use('/two', shared)
    app.use('/hidden/:secret', (request, response, next) => hidden(request, response, next))
    app.use(/^\/re\/\d+/, shared)
    const url = await serve(app)

    const expected: [string, string, string?][] = [
      ['/', '/'],
      ['/products/7?x=1', '/products/:id'],
      ['/carts', '/carts', 'POST'],
      ['/b', '/a|/b'],
      ['/numbers/12', '/^\\/numbers\\/(\\d+)$/'],
      ['/users/7', '/users/:user'],
      ['/users/7/orders', '/users/:user/orders'],
      ['/users/orders/orders/9', '/users/:user/orders/:order'],
      ['/admin/acme/stats/cpu', '/admin/:tenant/stats/:what'],
      ['/one/1/x', '/one/:n/x'],
      ['/two/x', '/two/x'],
      ['/TWO/x', '/two/x'],
      ['/hidden/s3cret/inner/1', '/*/inner/:x'],
    ]
    for (const [path, route, method = 'GET'] of expected) {
      expect(await statusOf(url + path, method), path).toBe(200)
      await waitFor(() => recorded.length > 0)
      expect(recorded.splice(0), path).toEqual([`${method} ${route} 200`])
    }
    expect(await statusOf(`${url}/re/123/x`)).toBe(200)
    await waitFor(() => recorded.length > 0)
    expect(recorded[0], version).toContain('/^\\/re\\/\\d+/')
  })

  it('labels what no route matched alike, and errors with their route', async () => {
    const { app, recorded } = setUp(express)
    app.get('/boom/:id', () => {
      throw Object.assign(new Error('boom'), { status: 418 })
    })
    const url = await serve(app)
    expect(await statusOf(`${url}/.env`)).toBe(404)
    expect(await statusOf(`${url}/wp-admin/${Math.random()}`)).toBe(404)
    expect(await statusOf(`${url}/boom/1`)).toBe(418)
    await waitFor(() => recorded.length === 3)
    expect(recorded).toEqual(['GET unmatched 404', 'GET unmatched 404', 'GET /boom/:id 418'])
  })

  it('records a client that went away, and a request once where it is used twice', async () => {
    const { app, monitor, recorded } = setUp(express)
    let arrived = () => {}
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve
    })
    app.get('/slow', () => arrived())
    app.get('/fast', monitor, (_, response) => void response.end())
    const url = await serve(app)
    await abandon(`${url}/slow`, arrival)
    await waitFor(() => recorded.length === 1)
    expect(await statusOf(`${url}/fast`)).toBe(200)
    await waitFor(() => recorded.length === 2)
    expect(recorded).toEqual(['GET /slow 499', 'GET /fast 200'])
  })

  it('measures to the end of the answer, and knows whose span it was', async () => {
    const store = new AsyncLocalStorage<SpanReference>()
    const span = { traceId: 't', spanId: 's', traceFlags: 1 }
    const { app, recorded, durations, spans } = setUp(express, { active: () => store.getStore() })
    let finish = () => {}
    app.get('/stream', (_, response) => {
      response.write('first')
      finish = () => void response.end('last')
    })
    const { url, close } = await serveApp((request, response) =>
      store.run(span, () => app(request, response)),
    )
    cleanups.push(close)
    const response = await fetch(`${url}/stream`, { headers: { connection: 'close' } })
    const started = performance.now()
    expect(recorded).toEqual([])
    await waitFor(() => performance.now() - started > 30)
    finish()
    await response.text()
    await waitFor(() => recorded.length === 1)
    expect(durations[0]).toBeGreaterThan(30)
    expect(spans).toEqual([span])
  })
})
