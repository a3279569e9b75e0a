import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type SlaReport, slaReport } from '@tocsin/contract'
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
let shop: HttpSink
let prometheus: Server
let sla: ServiceUnderTest
const served = { good: 0, bad: 0 }

beforeAll(async () => {
  ;[nats, shop] = await Promise.all([
    startNats(),
    startHttpSink({
      answer: () => {
        served.good += 100
        served.bad += 1
        return {
          headers: { 'Content-Type': 'text/plain; version=0.0.4' },
          body: `# TYPE http_requests_total counter
http_requests_total{route="/",status_code="200"} ${served.good}
http_requests_total{route="/",status_code="500"} ${served.bad}
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{route="/",le="1"} ${served.good}
http_request_duration_seconds_bucket{route="/",le="+Inf"} ${served.good}
http_request_duration_seconds_sum{route="/"} ${served.good}
http_request_duration_seconds_count{route="/"} ${served.good}
`,
        }
      },
    }),
  ])
  prometheus = await startPrometheus({
    config: `scrape_configs:
  - job_name: shop
    scrape_interval: 200ms
    scrape_timeout: 150ms
    static_configs: [{ targets: ['127.0.0.1:${shop.port}'] }]
`,
  })
  sla = await startService('sla', {
    NATS_URL: nats.url,
    PROMETHEUS_URL: prometheus.url,
    SLA_EVALUATION_INTERVAL: '200ms',
  })
})

afterAll(async () => {
  await sla?.stop()
  await Promise.all([prometheus?.stop(), shop?.stop(), nats?.stop()])
})

async function report(period = 'day'): Promise<SlaReport> {
  const response = await fetch(`${sla.url}/api/v1/sla/report?period=${period}`)
  expect(response.status).toBe(200)
  return slaReport.parse(await response.json())
}

/** How many messages a stream holds on a subject. */
async function stored(stream: string, subject: string): Promise<number> {
  const nc = await connect({ servers: nats.url })
  try {
    const manager = await jetstreamManager(nc)
    const info = await manager.streams.info(stream, { subjects_filter: subject })
    return Object.values(info.state.subjects ?? {}).reduce((sum, count) => sum + count, 0)
  } finally {
    await nc.close()
  }
}

it('measures availability from real counters, and leaves what has no data without a figure', async () => {
  const measured = await waitFor(
    async () => {
      const now = await report()
      return now.slos[0]?.state === 'breached' && now
    },
    { timeoutMs: 15_000 },
  )
  const [availability, responseTime] = measured.slos
  expect(availability?.compliance).toBeCloseTo(100 / 101, 3)
  expect(availability?.errorBudgetRemaining).toBeCloseTo(1 - 1 / 101 / 0.001, 0)
  expect(responseTime).toMatchObject({ state: 'no_data', compliance: null })
  expect(measured.overallCompliance).toBe(0)
  expect(measured.dataFrom).not.toBeNull()
})

it('tells a breach once, also across a restart', async () => {
  await waitFor(async () => (await stored('SLA', 'monitoring.sla.violation.>')) === 1)
  expect(await stored('NOTIFICATIONS', 'monitoring.notifications.>')).toBe(1)
  await sla.restart()
  await waitFor(async () =>
    (await fetch(`${sla.url}/metrics`).then((r) => r.text())).includes(
      'tocsin_slo_compliance_ratio{slo="availability"}',
    ),
  )
  expect(await stored('SLA', 'monitoring.sla.violation.>')).toBe(1)
  expect(await stored('SLA', 'monitoring.sla.report.>')).toBeGreaterThanOrEqual(2)
})

it('refuses a period that there is none of, and says which there are', async () => {
  const response = await fetch(`${sla.url}/api/v1/sla/report?period=fortnight`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { code: 'invalid_period', message: expect.stringContaining('day') },
  })
})

it('answers 503 while its backend is away: an outage of ours is nobody’s breach', async () => {
  await prometheus.kill()
  const response = await fetch(`${sla.url}/api/v1/sla/report`)
  expect(response.status).toBe(503)
  expect(await stored('SLA', 'monitoring.sla.violation.>')).toBe(1)
  await prometheus.restart()
  await waitFor(async () => (await fetch(`${sla.url}/api/v1/sla/report`)).status === 200, {
    timeoutMs: 15_000,
  })
})
