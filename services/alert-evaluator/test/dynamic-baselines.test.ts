import { type ServiceUnderTest, startService, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type SpansToSend, sendSpans } from './send-spans.ts'
import { startWorld, type World } from './start-world.ts'

let world: World
let collector: ServiceUnderTest
let evaluator: ServiceUnderTest

beforeAll(async () => {
  world = await startWorld()
  collector = await startService('collector', { NATS_URL: world.nats.url })
  evaluator = await world.start({
    DYNAMIC_ALERTS_WINDOW: '2s',
    DYNAMIC_ALERTS_MIN_CALLS: '5',
    DYNAMIC_ALERTS_MAX_OPERATIONS: '2',
    DYNAMIC_ALERTS_BASELINE_SAMPLES: '5',
    DYNAMIC_ALERTS_BASELINE_REACH: '2m',
    DYNAMIC_ALERTS_BASELINE_INTERVAL: '1s',
  })
}, 60_000)
afterAll(async () => {
  await evaluator?.stop()
  await collector?.stop()
  await world?.stop()
})

let timer: NodeJS.Timeout | undefined
afterEach(() => clearInterval(timer))
function keepSending(spans: readonly SpansToSend[]): void {
  clearInterval(timer)
  timer = setInterval(() => void sendSpans(collector, 'shop', spans), 300)
}
const at = (path = '', init: RequestInit = {}) => world.api(evaluator, `/api/v1/rules/dynamic${path}`, init)
const put = (path: string, body: unknown) => at(path, { method: 'PUT', body: JSON.stringify(body) })

test('a threshold is learnt, shown with how, and outlives a restart; what is slow for this operation is told', async () => {
  keepSending([{ name: 'GET /cart', count: 5, durationMs: 40 }])
  const learnt = await waitFor(
    async () => {
      const { data } = await at('/shop')
      const [operation] = data.operations
      return operation?.latency.from === 'learnt' ? operation : undefined
    },
    { what: 'a baseline', timeoutMs: 40_000 },
  )
  expect(learnt).toMatchObject({
    name: 'GET /cart',
    kind: 'SPAN_KIND_SERVER',
    latency: {
      threshold: 0.25,
      note: expect.stringMatching(
        /^250ms, learnt from \d+ windows of 2s, .* between 250ms and 4s, not lower$/,
      ),
      baseline: { bound: 'floor', samples: expect.any(Number), from: expect.stringMatching(/Z$/) },
    },
    errorRate: { threshold: 0.0125, from: 'learnt' },
  })
  clearInterval(timer)
  await evaluator.restart({ DYNAMIC_ALERTS_BASELINE_INTERVAL: '1h' })
  const { data } = await world.api(evaluator, '/api/v1/rules?rule_name[]=OperationLatency')
  expect(data.groups[0]?.rules[0]?.query).toContain('> 0.25 and')
  keepSending([{ name: 'GET /cart', count: 5, durationMs: 700 }])
  const [fired] = await world.untilStates(['firing'], 'OperationLatency')
  expect(fired?.annotations['threshold']).toContain('250ms, learnt from')
}, 120_000)

test('what was learnt is forgotten when that is asked for', async () => {
  expect((await at('/shop/baselines', { method: 'DELETE' })).data.operations[0]?.latency).toMatchObject({
    threshold: 1,
    from: 'static',
  })
  expect(await at('/nobody/baselines', { method: 'DELETE' })).toMatchObject({ code: 404 })
})

test('operations beyond the limit are counted, told once, and have no rules', async () => {
  const names = ['GET /a', 'GET /b', 'GET /c', 'GET /d']
  await sendSpans(
    collector,
    'shop',
    names.map((name) => ({ name })),
  )
  const line = await evaluator.waitForLog(
    ({ msg }) => msg?.includes('operations beyond the limit') ?? false,
    20_000,
  )
  expect(line).toMatchObject({ operationsOf: 'shop', most: 2 })
  await waitFor(
    async () => {
      const { data } = await at('/shop')
      return data.operationsOver === 3 && data.operations.length === 2
    },
    { what: 'three without room', timeoutMs: 30_000 },
  )
  const metrics = await (await fetch(`${evaluator.url}/metrics`)).text()
  expect(metrics).toMatch(/tocsin_dynamic_operations\{state="over"[^}]*\} 3/)
  expect(metrics).toMatch(/tocsin_dynamic_operations\{state="watched"[^}]*\} 2/)
})

test('settings are checked, kept, listed and deleted', async () => {
  expect(await put('/shop', { errorRate: 5, operations: { 'GET /a': { latency: '1h' } } })).toMatchObject({
    code: 400,
    errorType: 'bad_data',
    error: expect.stringMatching(/^errorRate: /),
  })
  expect(await put('/shop', { operations: { 'GET /a': { latency: '1h' } } })).toMatchObject({
    code: 400,
    error: "operations.GET /a.latency: must be below 15s, the last bucket of spans' durations",
  })
  expect(await put('/shop', [])).toMatchObject({ code: 400 })
  const wanted = { latency: '2s', operations: { 'GET /cart': { enabled: false } } }
  expect(await put('/shop', wanted)).toMatchObject({ code: 200, data: { settings: wanted } })
  expect(await at()).toMatchObject({
    data: {
      enabled: true,
      defaults: { errorRate: 0.05, latency: '1s', window: '2s' },
      services: [{ service: 'shop', group: 'dynamic/shop', settings: wanted }],
    },
  })
  await waitFor(
    async () => {
      const { data } = await world.api(evaluator, '/api/v1/rules?file[]=dynamic')
      const queries = data.groups.flatMap(({ rules }) => rules.map(({ query }) => query))
      return !queries.join().includes('GET /cart') && queries.join().includes('> 2 and')
    },
    { what: 'the rules to be as the settings say' },
  )
  expect(await at('/shop', { method: 'DELETE' })).toMatchObject({ code: 200, data: { settings: {} } })
  expect(await at('/shop', { method: 'DELETE' })).toMatchObject({ code: 404, errorType: 'not_found' })
  expect(await at('/nobody')).toMatchObject({ code: 404, errorType: 'not_found' })
})

test('switched off in the environment, nothing is made, and the API says so', async () => {
  await evaluator.restart({ DYNAMIC_ALERTS_ENABLED: 'false' })
  expect(await at()).toMatchObject({ code: 200, data: { enabled: false, services: [] } })
  expect(await put('/shop', {})).toMatchObject({
    code: 503,
    error: expect.stringContaining('DYNAMIC_ALERTS_ENABLED'),
  })
  const { data } = await world.api(evaluator, '/api/v1/rules')
  expect(data.groups).toEqual([])
}, 60_000)
