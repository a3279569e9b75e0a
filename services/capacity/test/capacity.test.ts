import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { capacityForecast, capacityRisk, createSubjects } from '@tocsin/contract'
import {
  type HttpSink,
  type Server,
  type ServiceUnderTest,
  startHttpSink,
  startNats,
  startPrometheus,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'

let nats: Server
let host: HttpSink
let prometheus: Server
let capacity: ServiceUnderTest
let available = 50e9

beforeAll(async () => {
  ;[nats, host] = await Promise.all([
    startNats(),
    startHttpSink({
      answer: () => {
        available -= 1e6
        return {
          headers: { 'Content-Type': 'text/plain; version=0.0.4' },
          body: `# TYPE node_filesystem_size_bytes gauge
node_filesystem_size_bytes{mountpoint="/"} 1e11
# TYPE node_filesystem_avail_bytes gauge
node_filesystem_avail_bytes{mountpoint="/"} ${available}
`,
        }
      },
    }),
  ])
  prometheus = await startPrometheus({
    config: `scrape_configs:
  - job_name: host
    scrape_interval: 200ms
    scrape_timeout: 150ms
    static_configs: [{ targets: ['127.0.0.1:${host.port}'] }]
`,
  })
  capacity = await startService('capacity', {
    NATS_URL: nats.url,
    PROMETHEUS_URL: prometheus.url,
    CAPACITY_EVALUATION_INTERVAL: '200ms',
  })
})

afterAll(async () => {
  await capacity?.stop()
  await Promise.all([prometheus?.stop(), host?.stop(), nats?.stop()])
})

async function forecast(query: string) {
  const response = await fetch(`${capacity.url}/api/v1/capacity/forecast?${query}`)
  return { status: response.status, body: (await response.json()) as unknown }
}

it('says what storage is in use, and that a few seconds carry no forecast', async () => {
  const known = await waitFor(
    async () => {
      const { data } = capacityForecast.safeParse((await forecast('resource=storage&days=30')).body)
      return data && data.history.points > 0 ? data : undefined
    },
    { timeoutMs: 15_000 },
  )
  expect(known.limit).toBe(1e11)
  expect(known.utilization).toBeCloseTo(0.5, 1)
  expect(known).toMatchObject({ days: 30, risk: 'low', growthPerDay: null, points: [] })
  expect(known.notes[0]).toContain('too little')
  expect(known.recommendations).toHaveLength(1)
})

it('calls the risk of what nobody measures unknown, and that of the whole the highest', async () => {
  const risk = capacityRisk.parse(await (await fetch(`${capacity.url}/api/v1/capacity/risk`)).json())
  expect(risk.resources.find(({ resource }) => resource === 'connections')?.risk).toBe('unknown')
  expect(risk.risk).toBe('low')
})

it.each([
  ['resource=love', 404, 'unknown_resource'],
  ['resource=storage&days=0', 400, 'invalid_days'],
  ['resource=storage&days=soon', 400, 'invalid_days'],
])('refuses %s', async (query, status, code) => {
  const answer = await forecast(query)
  expect(answer).toMatchObject({ status, body: { error: { code } } })
})

it('answers over NATS too, and publishes a change of risk once', async () => {
  const nc = await connect({ servers: nats.url })
  try {
    const subjects = createSubjects()
    const reply = await nc.request(
      subjects.rpc('capacity', 'forecast'),
      JSON.stringify({ resource: 'storage', days: 7 }),
    )
    expect(reply.json()).toMatchObject({ ok: true, data: { resource: 'storage', days: 7 } })
    const manager = await jetstreamManager(nc)
    const stored = async (subject: string) => {
      const { state } = await manager.streams.info('CAPACITY', { subjects_filter: subject })
      return state.subjects?.[subject] ?? 0
    }
    await waitFor(async () => (await stored(subjects.capacityRisk('storage'))) === 1)
    await waitFor(async () => (await stored(subjects.capacityForecast('storage'))) > 3)
    expect(await stored(subjects.capacityRisk('storage'))).toBe(1)
  } finally {
    await nc.close()
  }
})
