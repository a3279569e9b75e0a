import { failOnLeaks, waitFor } from '@tocsin/testkit'
import fastify from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFastifyPlugin } from '../src/http/fastify-plugin.ts'
import type { SpanReference } from '../src/series/active-trace.ts'
import { abandon, statusOf } from './http.ts'

failOnLeaks({ beforeAll, afterAll })

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp()
})

function setUp() {
  const recorded: string[] = []
  const spans: (SpanReference | null | undefined)[] = []
  const app = fastify({ forceCloseConnections: true })
  const active = () => ({ traceId: 't', spanId: 's', traceFlags: 1 })
  app.register(
    createFastifyPlugin(
      (method, route, status, durationMs, span) => {
        expect(durationMs).toBeGreaterThanOrEqual(0)
        recorded.push(`${method} ${route} ${status}`)
        spans.push(span)
      },
      { active },
    ),
  )
  cleanups.push(() => app.close())
  return { app, recorded, spans }
}

describe('the plugin of fastify', () => {
  it('labels requests with the pattern of their route, prefixes included', async () => {
    const { app, recorded, spans } = setUp()
    app.get('/products/:id', async () => ({ id: 1 }))
    app.register(
      (users, _, done) => {
        users.get('/:user/orders', async () => [])
        users.get('/fails', async () => {
          throw new Error('boom')
        })
        done()
      },
      { prefix: '/users' },
    )
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const paths = ['/products/7?x=1', '/users/7/orders', '/users/fails', '/.env', '/wp-admin/x']
    for (const path of paths) await statusOf(url + path)
    await waitFor(() => recorded.length === 5)
    expect(recorded).toEqual([
      'GET /products/:id 200',
      'GET /users/:user/orders 200',
      'GET /users/fails 500',
      'GET unmatched 404',
      'GET unmatched 404',
    ])
    expect(spans[0]).toEqual({ traceId: 't', spanId: 's', traceFlags: 1 })
  })

  it('records a client that went away once, also when it is answered after all', async () => {
    const { app, recorded } = setUp()
    let arrived = () => {}
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve
    })
    let answer = (_: string) => {}
    app.get('/slow', () => {
      arrived()
      return new Promise<string>((resolve) => {
        answer = resolve
      })
    })
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    await abandon(`${url}/slow`, arrival)
    await waitFor(() => recorded.length === 1)
    answer('too late')
    expect(await statusOf(`${url}/other`)).toBe(404)
    await waitFor(() => recorded.length === 2)
    expect(recorded).toEqual(['GET /slow 499', 'GET unmatched 404'])
  })

  it('records injected requests too, as tests of applications make them', async () => {
    const { app, recorded } = setUp()
    app.get('/a/:b', async () => 'ok')
    expect((await app.inject('/a/1')).statusCode).toBe(200)
    expect(recorded).toEqual(['GET /a/:b 200'])
  })
})
