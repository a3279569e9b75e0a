import { metrics } from '@tocsin/sdk'
import { failOnLeaks } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driveTraffic } from '../src/demo/drive-traffic.ts'
import { type RunningShop, startShop } from '../src/start-shop.ts'

failOnLeaks({ beforeAll, afterAll })

describe('the shop', () => {
  let shop: RunningShop
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${shop.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', connection: 'close' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const json: unknown = await response.json().catch(() => undefined)
    return { status: response.status, body: json as Record<string, unknown> }
  }
  /** Requests recorded under a route, by status code. */
  const recorded = async (route: string) => {
    const { values } = await metrics.httpRequestsTotal.get()
    return Object.fromEntries<number>(
      values
        .filter(({ labels }) => labels.route === route)
        .map(({ labels, value }) => [String(labels.status_code), value] as const),
    )
  }

  beforeAll(async () => {
    shop = await startShop(0, { nats: { servers: 'nats://127.0.0.1:1' }, onWarning: () => {} })
  })
  afterAll(() => shop.stop())

  it('sells, and records each request under its route pattern', async () => {
    expect((await call('GET', '/products')).body).toHaveLength(8)
    expect(await call('GET', '/products/3')).toMatchObject({ status: 200, body: { id: 3, name: 'Doorbell' } })
    const { body: cart } = await call('POST', '/carts')
    expect((await call('POST', `/carts/${cart.id}/items`, { product: 3, quantity: 2 })).status).toBe(201)
    const order = await call('POST', '/orders', { cart: cart.id })
    expect(order).toMatchObject({ status: 201, body: { cents: 4800 } })
    expect((await call('GET', `/orders/${order.body.id}`)).status).toBe(200)
    expect(await recorded('/products/:id')).toEqual({ 200: 1 })
    expect(await recorded('/carts/:id/items')).toEqual({ 201: 1 })
    expect(await metrics.registry.metrics()).toContain('shop_orders_total 1')
  })

  it.each([
    ['GET', '/products/99', undefined, 404],
    ['GET', '/products/bell', undefined, 400],
    ['POST', '/orders', { cart: 99 }, 404],
    ['POST', '/orders', { cart: 1 }, 409],
    ['POST', '/orders', undefined, 400],
    ['POST', '/carts/1/items', { product: 1, quantity: 0 }, 400],
    ['POST', '/admin/break', { how: 'gently' }, 400],
    ['GET', '/no/such/page', undefined, 404],
  ])('answers %s %s %j with %i', async (method, path, body, status) => {
    expect((await call(method, path, body)).status).toBe(status)
  })

  it('records what no route matched under one name', async () => {
    await call('GET', '/.env')
    expect((await recorded('unmatched'))[404]).toBeGreaterThanOrEqual(2)
    expect(await recorded('/.env')).toEqual({})
  })

  it.each(['drop', 'lock'])('fails honestly when its database is broken (%s), and heals', async (how) => {
    expect(await call('POST', '/admin/break', { how })).toMatchObject({ status: 200, body: { broken: how } })
    expect((await call('GET', '/products')).status).toBe(500)
    expect((await call('GET', '/health')).status).toBe(503)
    await call('POST', '/admin/heal')
    expect((await call('GET', '/products')).status).toBe(200)
    expect((await call('GET', '/health')).status).toBe(200)
    const { values } = await metrics.dbQueriesTotal.get()
    expect(
      values.find(({ labels }) => labels.table === 'products' && labels.status === 'error')?.value,
    ).toBeGreaterThan(0)
  })

  it('gets about the traffic that is asked for, none of it failing', async () => {
    const traffic = driveTraffic(shop.url, 200)
    await expect.poll(() => traffic.counts().requests, { timeout: 10_000 }).toBeGreaterThan(100)
    await traffic.stop()
    const { requests, errors } = traffic.counts()
    expect(errors).toBe(0)
    expect(Object.values(await recorded('/products')).reduce((a, b) => a + b, 0)).toBeLessThan(requests + 20)
  })
})
