import type { Bus } from '@tocsin/runtime'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBus } from './open-bus.ts'
import { scrape } from './read-exposition.ts'

failOnLeaks({ beforeAll, afterAll })

let nats: Server
let bus: Bus
let collector: ServiceUnderTest
let other: ServiceUnderTest

beforeAll(async () => {
  nats = await startNats()
  collector = await startService('collector', { NATS_URL: nats.url, METRICS_STALE_AFTER: '1s' })
  other = await startService('collector', { NATS_URL: nats.url, METRICS_STALE_AFTER: '1h' })
  bus = await openBus(nats.url)
})

afterAll(async () => {
  await bus?.close()
  await other?.stop()
  await collector?.stop()
  await nats?.stop()
})

const publish = (event: object) => bus.publish(bus.subjects.metrics('shop'), JSON.stringify(event))

async function query(url: string, expr: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  return data.result.map(({ value }) => value[1])
}

test('what is quiet for too long ends in every reader of the stream, and goes on from its sum', async () => {
  const order = { name: 'orders_total', type: 'counter', value: 2, help: 'Orders.' }
  const took = { name: 'took_seconds', type: 'histogram', value: 0.2 }
  await publish(order)
  await publish(took)
  await waitFor(async () => (await query(other.url, 'orders_total')).length === 1, { what: 'the counter' })
  for (const { url } of [collector, other])
    for (const expr of ['orders_total', '{__name__=~"took_seconds_.+"}'])
      await waitFor(async () => (await query(url, expr)).length === 0, { what: `the end of ${expr}` })
  expect(await scrape(other.url)).not.toContain('orders_total')
  expect(await query(collector.url, 'count_over_time(orders_total[1m])')).toEqual(['2'])
  const ended = /^tocsin_head_series_ended_total\{.*\} (\d+)$/m.exec(await scrape(collector.url))
  expect(Number(ended?.[1])).toBeGreaterThan(10)

  await publish({ ...order, value: 3 })
  await publish(took)
  await waitFor(async () => (await query(other.url, 'orders_total'))[0] === '5', { what: 'the sum' })
  expect(await query(other.url, 'took_seconds_count')).toEqual(['2'])
  expect(await query(other.url, 'increase(orders_total[1m] @ end()) > bool 0')).toEqual(['1'])
  expect(await scrape(other.url)).toContain('# HELP orders_total Orders.\n# TYPE orders_total counter\n')
})
