import { freemem, hostname, totalmem } from 'node:os'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

failOnLeaks({ beforeAll, afterAll })

let nats: Server
let collector: ServiceUnderTest
let agent: ServiceUnderTest

beforeAll(async () => {
  nats = await startNats()
  ;[collector, agent] = await Promise.all([
    startService('collector', { NATS_URL: nats.url }),
    startService('host-agent', { NATS_URL: nats.url, HOST_AGENT_INTERVAL: '200ms' }),
  ])
})

afterAll(async () => {
  await Promise.all([agent?.stop(), collector?.stop()])
  await nats?.stop()
})

/** The values that a query gives now. */
async function query(expr: string): Promise<readonly { metric: Record<string, string>; value: number }[]> {
  const url = `${collector.url}/api/v1/query?${new URLSearchParams({ query: expr })}`
  const { data } = (await (await fetch(url)).json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
}

const untilFound = (expr: string) =>
  waitFor(
    async () => {
      const found = await query(expr)
      return found.length > 0 && found
    },
    { what: expr, timeoutMs: 15_000 },
  )

test('the machine is there from the start, under its name', async () => {
  const [memory] = await untilFound('node_memory_MemTotal_bytes')
  expect(memory?.metric).toEqual({
    __name__: 'node_memory_MemTotal_bytes',
    service: 'host',
    instance: hostname(),
  })
  // A container may see less than the machine has.
  expect(memory?.value).toBeGreaterThanOrEqual(totalmem())
  const [available] = await untilFound('node_memory_MemAvailable_bytes')
  expect(available?.value).toBeGreaterThan(freemem() / 4)
})

test('the questions that dashboards ask have answers', async () => {
  // Of all modes together: one that does not change, such as idle on a busy machine, has no second sample yet.
  const [cpu] = await untilFound(
    'sum(rate(node_cpu_seconds_total[1m])) / count(node_cpu_seconds_total{mode="idle"})',
  )
  expect(cpu?.value).toBeGreaterThanOrEqual(0)
  expect(cpu?.value).toBeLessThan(2)
  const [disk] = await untilFound(
    'max(1 - node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"})',
  )
  expect(disk?.value).toBeGreaterThan(0)
  expect(disk?.value).toBeLessThanOrEqual(1)
  const [uptime] = await untilFound('time() - node_boot_time_seconds')
  expect(uptime?.value).toBeGreaterThan(0)
  await untilFound('sum(rate(node_network_receive_bytes_total[1m]))')
  await untilFound('node_load1')
})

test('counters of the kernel are totals, not deltas', async () => {
  const first = (await untilFound('sum(node_cpu_seconds_total)'))[0]?.value ?? Number.NaN
  const later = await waitFor(
    async () => {
      const value = (await query('sum(node_cpu_seconds_total)'))[0]?.value ?? Number.NaN
      return value > first && value
    },
    { what: 'the CPUs to have spent time' },
  )
  expect(later - first).toBeLessThan(60)
})

test('the agent answers for itself', async () => {
  const ready = await fetch(`${agent.url}/health/ready`)
  expect(ready.status).toBe(200)
  const metrics = await (await fetch(`${agent.url}/metrics`)).text()
  expect(metrics).toContain('tocsin_build_info{service="host-agent"')
})
