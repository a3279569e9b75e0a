import { failOnLeaks, freePort, type Server, startNats, startRedis, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpError, ListenError, startService } from '../src/mod.ts'
import { bareEnv, startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })
let nats: Server
beforeAll(async () => {
  nats = await startNats()
})
afterAll(() => nats.stop())

const getJson = async (url: string) => {
  const response = await fetch(url, { headers: { connection: 'close' } })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a service', () => {
  it('answers health, metrics in both formats, its own routes, and errors as JSON', async () => {
    const { ctx, service } = await startBare(nats.url)
    ctx.http.get('/teapot', () => {
      throw new HttpError(418, 'teapot', 'short and stout')
    })
    ctx.http.get('/broken', () => {
      throw new Error('the secret inner state')
    })
    expect(await getJson(`${service.url}/health/live`)).toEqual({ status: 200, body: { status: 'alive' } })
    expect(await getJson(`${service.url}/health/ready`)).toEqual({
      status: 200,
      body: { status: 'ready', reasons: {} },
    })
    expect(await getJson(`${service.url}/teapot`)).toEqual({
      status: 418,
      body: { error: { code: 'teapot', message: 'short and stout' } },
    })
    const broken = await getJson(`${service.url}/broken`)
    expect(broken.status).toBe(500)
    expect(JSON.stringify(broken.body)).not.toContain('secret')
    expect((await getJson(`${service.url}/nowhere`)).status).toBe(404)

    const text = await fetch(`${service.url}/metrics`)
    expect(text.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const body = await text.text()
    expect(body).toContain('nodejs_eventloop_lag_seconds')
    expect(body).toContain('tocsin_nats_connected 1')
    expect(body).toContain(
      'tocsin_http_request_duration_seconds_count{method="GET",route="/teapot",status="418"} 1',
    )
    expect(body).toContain(
      'tocsin_http_request_duration_seconds_count{method="GET",route="other",status="404"} 1',
    )
    const open = await fetch(`${service.url}/metrics`, {
      headers: { accept: 'application/openmetrics-text' },
    })
    expect(open.headers.get('content-type')).toContain('application/openmetrics-text')
    expect(await open.text()).toMatch(/# EOF\n$/)
    await service.stop()
  })

  it('is alive but not ready while it waits for NATS, and says why', async () => {
    const port = await freePort()
    const service = await startService(
      { name: 'early', env: bareEnv, port: () => 0, start: () => {} },
      { NATS_URL: `nats://127.0.0.1:${port}`, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'silent' },
    )
    expect((await getJson(`${service.url}/health/live`)).status).toBe(200)
    const ready = await waitFor(async () => {
      const answer = await getJson(`${service.url}/health/ready`)
      return Object.keys(answer.body['reasons'] as object).length > 0 && answer
    })
    expect(ready.status).toBe(503)
    expect(ready.body['status']).toBe('starting')
    expect(JSON.stringify(ready.body)).toContain('is NATS_URL right')
    const steps = await service.stop()
    expect(steps.map(({ name }) => name)).toEqual(['http', 'redis', 'traces'])
  })

  it('is not ready while a check fails or hangs, or the service holds it back', async () => {
    const { ctx, service } = await startBare(nats.url)
    ctx.readiness.set('replay', 'reading what was stored')
    ctx.readiness.check('disk', () => 'full')
    ctx.readiness.check('slow', () => new Promise(() => {}), { timeoutMs: 20 })
    const { status, body } = await getJson(`${service.url}/health/ready`)
    expect(status).toBe(503)
    expect(body).toEqual({
      status: 'not_ready',
      reasons: { replay: 'reading what was stored', disk: 'full', slow: 'no answer within 20 ms' },
    })
    await service.stop()
  })

  it('stops in order: its own work, HTTP, NATS, Redis', async () => {
    const { ctx, service } = await startBare(nats.url)
    const order: string[] = []
    ctx.lifecycle.onStop('first in', () => order.push('first in'))
    ctx.lifecycle.onStop('last in', async () => {
      order.push('last in')
      expect((await getJson(`${service.url}/health/ready`)).body['status']).toBe('stopping')
    })
    const [one, two] = await Promise.all([service.stop(), service.stop()])
    expect(order).toEqual(['last in', 'first in'])
    expect(one).toBe(two)
    expect(one.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'last in done',
      'first in done',
      'http done',
      'nats done',
      'redis done',
      'traces done',
    ])
  })

  it('refuses a taken port with a clear error', async () => {
    const { service } = await startBare(nats.url)
    const port = new URL(service.url).port
    const second = startBare(nats.url, { BARE_PORT: port })
    await expect(second).rejects.toThrow(ListenError)
    await expect(second).rejects.toMatchObject({ code: 'port_taken' })
    await service.stop()
  })

  it('stops what it had begun when its start fails', async () => {
    const failing = startBare(
      nats.url,
      {},
      {
        start: () => {
          throw new Error('no rules')
        },
      },
    )
    await expect(failing).rejects.toThrow('no rules')
  })

  it('lives on while Redis is away, and uses it when it comes', async () => {
    const redis = await startRedis()
    const { ctx, service } = await startBare(nats.url, { REDIS_URL: redis.url })
    const { client, trouble } = ctx.redis()
    await waitFor(() => trouble() === undefined, { what: 'Redis to be there' })
    expect(await client.set('key', 'value')).toBe('OK')
    await redis.kill()
    await waitFor(() => trouble() !== undefined, { what: 'the loss to be noticed' })
    await expect(client.get('key')).rejects.toThrow()
    await redis.restart()
    await waitFor(() => trouble() === undefined, { what: 'Redis to be back' })
    expect(await client.ping()).toBe('PONG')
    await service.stop()
    await redis.stop()
  })
})
