import { failOnLeaks, freePort, type Server, startPrometheus } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPrometheusClient, type PrometheusClient } from '../src/mod.ts'

failOnLeaks({ beforeAll, afterAll })
let server: Server
let client: PrometheusClient
beforeAll(async () => {
  server = await startPrometheus()
  client = createPrometheusClient(server.url)
})
afterAll(() => server.stop())

describe('the client of the query API, asking a real Prometheus', () => {
  it('reads scalars, vectors and infinities', async () => {
    expect(await client.instant('1 + 1')).toEqual([{ labels: {}, value: 2 }])
    expect(await client.instant('label_replace(vector(3), "a", "b", "", "")')).toEqual([
      { labels: { a: 'b' }, value: 3 },
    ])
    expect(await client.instant('vector(-1/0)')).toEqual([{ labels: {}, value: -Infinity }])
  })

  it('reads a range, times in milliseconds', async () => {
    const to = 1_700_000_060_000
    const series = await client.range('vector(7)', to - 60_000, to, 30_000)
    expect(series).toEqual([
      {
        labels: {},
        points: [
          [to - 60_000, 7],
          [to - 30_000, 7],
          [to, 7],
        ],
      },
    ])
  })

  it('tells a bad query from a server that is away', async () => {
    await expect(client.instant('sum(')).rejects.toMatchObject({ code: 'bad_query', retryable: false })
    const nobody = createPrometheusClient(`http://127.0.0.1:${await freePort()}`)
    await expect(nobody.instant('1')).rejects.toMatchObject({ code: 'unreachable', retryable: true })
  })
})
