import { connectRedis, createLog, createMetrics, type RedisConnection } from '@tocsin/runtime'
import { type Server, startRedis, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CountInRedis, createCountInRedis } from '../src/limits/count-in-redis.ts'

let server: Server
let redis: RedisConnection
let other: RedisConnection
let count: CountInRedis
const connect = () =>
  connectRedis({
    url: server.url,
    log: createLog({ service: 'test', version: '0', level: 'silent' }),
    metrics: createMetrics('test', '0'),
  })
beforeAll(async () => {
  server = await startRedis()
  redis = connect()
  other = connect()
  await waitFor(() => redis.trouble() === undefined && other.trouble() === undefined)
  count = createCountInRedis(redis, 'monitoring')
})
afterAll(async () => {
  await redis?.close()
  await other?.close()
  await server?.stop()
})

describe('a limit in Redis', () => {
  it('holds for all replicas together, and counts each notification once', async () => {
    const elsewhere = createCountInRedis(other, 'monitoring')
    const limit = { limit: 10, perMs: 3_600_000 }
    const asked = Array.from({ length: 30 }, (_, i) =>
      (i % 2 === 0 ? count : elsewhere)('shared', `n${i}`, limit, false),
    )
    const within = (await Promise.all(asked)).flatMap((ok, i) => (ok ? [`n${i}`] : []))
    expect(within).toHaveLength(10)
    // After a crash the same notifications are asked about again.
    const again = await Promise.all(within.map((id) => elsewhere('shared', id, limit, false)))
    expect(again.every(Boolean)).toBe(true)
    expect(await count('shared', 'one more', limit, false)).toBe(false)
  })

  it('lets through what passes, without growing, and keeps the others out', async () => {
    const limit = { limit: 3, perMs: 3_600_000 }
    for (let i = 0; i < 20; i++) expect(await count('storm', `critical ${i}`, limit, true)).toBe(true)
    expect(await redis.client.zcard('tocsin:{monitoring.limits}:storm')).toBe(3)
    expect(await count('storm', 'other', limit, false)).toBe(false)
  })

  it('has room again once its time has passed, and leaves nothing behind', async () => {
    const limit = { limit: 1, perMs: 200 }
    expect(await count('short', 'a', limit, false)).toBe(true)
    let tries = 0
    await waitFor(() => count('short', `b${tries++}`, limit, false), { what: 'room in the window' })
    await waitFor(async () => (await redis.client.exists('tocsin:{monitoring.limits}:short')) === 0)
  })
})
