import { type ServiceUnderTest, startService, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sendSpans } from './send-spans.ts'
import { startWorld, type World } from './start-world.ts'

let world: World
let collector: ServiceUnderTest
let evaluator: ServiceUnderTest

const START_MS = 60_000

beforeAll(async () => {
  world = await startWorld()
  collector = await startService('collector', { NATS_URL: world.nats.url })
  evaluator = await world.start({
    DYNAMIC_ALERTS_WINDOW: '10s',
    DYNAMIC_ALERTS_SPAN_HOLD: '20s',
    DYNAMIC_ALERTS_BASELINE: 'false',
    TRACE_URL_TEMPLATE: 'https://traces.example.com/trace/{traceId}',
  })
}, START_MS)
afterAll(async () => {
  await evaluator?.stop()
  await collector?.stop()
  await world?.stop()
})

const timers = new Set<NodeJS.Timeout>()
afterEach(() => {
  for (const timer of timers) clearInterval(timer)
  timers.clear()
})

/** Traffic that goes on until the test ends, or the function returned is called. */
function keepSending(...args: Parameters<typeof sendSpans> extends [unknown, ...infer Rest] ? Rest : never) {
  const timer = setInterval(() => void sendSpans(collector, ...args).catch(() => {}), 300)
  timers.add(timer)
  return () => clearInterval(timer)
}
const settings = (service: string, body: object, method = 'PUT') =>
  world.api(evaluator, `/api/v1/rules/dynamic/${service}`, { method, body: JSON.stringify(body) })
const of = (service: string) => async () =>
  (await world.alerts()).filter((event) => event.labels['service'] === service)

test('an operation that fails and one that is slow raise alerts, which end when they are no longer seen', async () => {
  const stop = keepSending('shop', [
    { name: 'GET /cart {{.}} "a"', count: 10, failed: 4 },
    { name: 'GET /slow', count: 10, durationMs: 3000 },
    { name: 'GET /well', count: 10 },
    { name: 'query', count: 10, failed: 10, kind: 3 },
  ])
  const fired = await waitFor(
    async () => {
      const events = await of('shop')()
      expect(events.length).toBeGreaterThanOrEqual(2)
      return events
    },
    { what: 'two alerts', timeoutMs: 30_000 },
  )
  expect(
    fired.map(({ alertname, labels, state }) => `${state} ${alertname} ${labels['span_name']}`).toSorted(),
  ).toEqual(['firing OperationErrorRate GET /cart {{.}} "a"', 'firing OperationLatency GET /slow'])
  expect(fired.find(({ alertname }) => alertname === 'OperationErrorRate')).toMatchObject({
    origin: 'dynamic',
    group: 'dynamic/shop',
    severity: 'high',
    annotations: {
      summary: '40% of the calls of GET /cart {{.}} "a" of shop fail',
      threshold: '5%',
      runbook_url: expect.stringMatching(/\/runbooks\/dynamic\/OperationErrorRate$/),
    },
  })
  const { data } = await world.api(evaluator, '/api/v1/rules?file[]=dynamic&type=alert')
  expect(data.groups.map(({ name, file }: { name: string; file: string }) => `${file} ${name}`)).toEqual([
    'dynamic dynamic/shop',
  ])
  stop()
  await waitFor(
    async () => {
      const events = await of('shop')()
      expect(events.filter(({ state }) => state === 'resolved')).toHaveLength(2)
      expect(events).toHaveLength(4)
      return events
    },
    { what: 'both to resolve', timeoutMs: 45_000 },
  )
}, 90_000)

test('few calls, few failures, and services that are switched off raise nothing', async () => {
  await settings('silent', { enabled: false })
  keepSending('silent', [
    { name: 'GET /', count: 10, failed: 10, attributes: { 'alert.severity': 'critical' } },
  ])
  await sendSpans(collector, 'night', [{ name: 'GET /', count: 5, failed: 5 }])
  keepSending('steady', [{ name: 'GET /', count: 40, failed: 0 }])
  await sendSpans(collector, 'steady', [{ name: 'GET /', count: 2, failed: 2 }])
  keepSending('canary', [{ name: 'GET /', count: 10, failed: 10 }])
  await waitFor(async () => (await of('canary')()).length > 0, {
    what: 'the alert of another service',
    timeoutMs: 20_000,
  })
  const metrics = await (await fetch(`${evaluator.url}/metrics`)).text()
  expect(metrics).toMatch(/tocsin_span_alerts_total\{outcome="switched_off"\} [1-9]/)
  for (const service of ['silent', 'night', 'steady']) expect(await of(service)(), service).toEqual([])
  await settings('silent', {})
  await waitFor(async () => (await of('silent')()).length > 0, {
    what: 'an alert once it is switched on',
    timeoutMs: 20_000,
  })
  await settings('silent', { enabled: false })
  await waitFor(
    async () => {
      const states = (await of('silent')()).map(({ state }) => state)
      expect(states.filter((state) => state === 'resolved')).toHaveLength(
        states.filter((state) => state === 'firing').length,
      )
      return states
    },
    { what: 'its alerts to end when it is switched off', timeoutMs: 20_000 },
  )
}, 90_000)

test('a span with alert.severity raises an alert at once, and once, over a kill of the evaluator', async () => {
  const attributes = { 'alert.severity': 'critical', 'alert.name': 'CardProcessorDown' }
  const span = { name: 'charge', failed: 1, statusMessage: 'no route to acquirer', attributes, kind: 1 }
  const traceId = await sendSpans(collector, 'billing', [span])
  const [fired] = await world.untilStates(['firing'], 'CardProcessorDown')
  expect(fired).toMatchObject({
    severity: 'critical',
    origin: 'dynamic',
    labels: {
      service: 'billing',
      span_name: 'charge',
      span_kind: 'SPAN_KIND_INTERNAL',
      severity: 'critical',
    },
    annotations: {
      summary: 'A span of charge of billing asks for an alert',
      description: 'no route to acquirer',
      trace_id: traceId,
      trace_url: `https://traces.example.com/trace/${traceId}`,
    },
  })
  await evaluator.kill()
  await sendSpans(collector, 'billing', [span])
  await sendSpans(collector, 'billing', [{ name: 'refund', attributes: { 'alert.severity': 'low' } }])
  await evaluator.restart()
  const [other] = await world.untilStates(['firing'], 'SpanAlert')
  expect(other).toMatchObject({ severity: 'low', labels: { span_name: 'refund' } })
  expect(other?.annotations['description']).toMatch(/^refund: status unset, took \d+ ms$/)
  const events = await waitFor(
    async () => {
      const all = await of('billing')()
      return all.length >= 4 ? all : undefined
    },
    { what: 'both to resolve once no span comes', timeoutMs: 45_000 },
  )
  expect(events.map(({ alertname, state }) => `${alertname} ${state}`).toSorted()).toEqual([
    'CardProcessorDown firing',
    'CardProcessorDown resolved',
    'SpanAlert firing',
    'SpanAlert resolved',
  ])
}, 90_000)
