import type { ServiceUnderTest } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './start-world.ts'

let world: World
let evaluator: ServiceUnderTest

const RULES = `groups:
  - name: shop
    rules:
      - alert: CustomMetricHigh
        expr: custom_metric > 100
        labels: { severity: critical }
        annotations:
          summary: 'custom_metric is {{ $value }} in {{ $labels.region }}'
      - alert: Waits
        expr: waiting_metric > 100
        for: 700ms
      - alert: HeartbeatMissing
        expr: absent(heartbeat{app="shop"})
      - record: doubled
        expr: 2 * single
      - alert: DoubledHigh
        expr: doubled > 10
      - alert: MoreThanOneFires
        expr: count(ALERTS{alertname="DoubledHigh",alertstate="firing"}) > 1
      - alert: Ambiguous
        expr: ambiguous
        labels: { n: same }
`

beforeAll(async () => {
  world = await startWorld()
  await world.writeRules('shop.yml', RULES)
  evaluator = await world.start()
})
afterAll(async () => {
  await evaluator?.stop()
  await world?.stop()
})

test('an event over the threshold fires the alert, one below resolves it', async () => {
  await world.gauge('custom_metric', 150, { region: 'eu' })
  const [fired] = await world.untilStates(['firing'], 'CustomMetricHigh')
  expect(fired).toMatchObject({
    severity: 'critical',
    labels: { alertname: 'CustomMetricHigh', region: 'eu', severity: 'critical' },
    annotations: { summary: 'custom_metric is 150 in eu' },
    value: '150',
    group: 'shop',
    origin: 'file',
  })
  const { event = '', received = '', evaluated = '' } = fired?.stages ?? {}
  expect([event, received, evaluated].toSorted()).toEqual([event, received, evaluated])
  await world.gauge('custom_metric', 50, { region: 'eu' })
  const [, resolved] = await world.untilStates(['firing', 'resolved'], 'CustomMetricHigh')
  expect(resolved).toMatchObject({ activeAt: fired?.activeAt, firedAt: fired?.firedAt })
  expect(resolved?.resolvedAt).toBeDefined()
})

test('for is waited out to the millisecond, not to the next interval', async () => {
  await world.gauge('waiting_metric', 150)
  const [pending, fired] = await world.untilStates(['pending', 'firing'], 'Waits')
  expect(fired?.activeAt).toBe(pending?.activeAt)
  const waited = Date.parse(fired?.firedAt ?? '') - Date.parse(pending?.activeAt ?? '')
  expect(waited).toBeGreaterThanOrEqual(700)
})

test('absent() fires without any sample, and resolves with the first', async () => {
  const [fired] = await world.untilStates(['firing'], 'HeartbeatMissing')
  expect(fired?.labels).toEqual({ alertname: 'HeartbeatMissing', app: 'shop' })
  await world.gauge('heartbeat', 1, { app: 'shop' })
  await world.untilStates(['firing', 'resolved'], 'HeartbeatMissing')
})

test('an event reaches alerts on recorded series, and on ALERTS', async () => {
  await world.gauge('single', 6, { n: '1' })
  await world.gauge('single', 7, { n: '2' })
  const fired = await world.untilStates(['firing', 'firing'], 'DoubledHigh')
  expect(fired.map((e) => e.value).toSorted()).toEqual(['12', '14'])
  const [both] = await world.untilStates(['firing'], 'MoreThanOneFires')
  expect(both?.value).toBe('2')
})

test('two results that are the same alert fail their rule, and no other', async () => {
  await world.gauge('ambiguous', 1, { n: 'a' })
  await world.gauge('ambiguous', 1, { n: 'b' })
  await expect
    .poll(
      async () =>
        (await world.api(evaluator, '/api/v1/rules?rule_name[]=Ambiguous')).data.groups[0]?.rules[0],
    )
    .toMatchObject({
      health: 'err',
      lastError: 'vector contains metrics with the same labelset after applying alert labels',
    })
})

test('/api/v1/rules and /api/v1/alerts answer as Prometheus does', async () => {
  await world.gauge('custom_metric', 1e6, { region: 'us' })
  await world.untilStates(['firing', 'resolved', 'firing'], 'CustomMetricHigh')
  const rules = await world.api(evaluator, '/api/v1/rules?type=alert&rule_name[]=CustomMetricHigh')
  const alert = {
    labels: { alertname: 'CustomMetricHigh', region: 'us', severity: 'critical' },
    annotations: { summary: 'custom_metric is 1e+06 in us' },
    state: 'firing',
    activeAt: expect.stringMatching(/^\d{4}-.*Z$/),
    value: '1e+06',
  }
  expect(rules).toEqual({
    code: 200,
    status: 'success',
    data: {
      groups: [
        {
          name: 'shop',
          file: `${world.folder}/shop.yml`,
          interval: 1,
          limit: 0,
          evaluationTime: expect.any(Number),
          lastEvaluation: expect.stringMatching(/Z$/),
          rules: [
            {
              state: 'firing',
              name: 'CustomMetricHigh',
              query: 'custom_metric > 100',
              duration: 0,
              keepFiringFor: 0,
              labels: { severity: 'critical' },
              annotations: { summary: 'custom_metric is {{ $value }} in {{ $labels.region }}' },
              alerts: [alert],
              health: 'ok',
              evaluationTime: expect.any(Number),
              lastEvaluation: expect.stringMatching(/Z$/),
              type: 'alerting',
            },
          ],
        },
      ],
    },
  })
  const { data } = await world.api(evaluator, '/api/v1/alerts')
  expect(data.alerts).toContainEqual(alert)
  const recorded = await world.api(evaluator, '/api/v1/rules?type=record')
  expect(recorded.data.groups[0]?.rules).toMatchObject([
    { name: 'doubled', query: '2 * single', type: 'recording' },
  ])
  expect(await world.api(evaluator, '/api/v1/rules?type=nonsense')).toMatchObject({
    status: 'error',
    errorType: 'bad_data',
  })
})

test('a broken rule file is refused with its line, and the former rules go on', async () => {
  await world.writeRules('shop.yml', RULES.replace('custom_metric > 100', 'custom_metric >'))
  const line = await evaluator.waitForLog(({ msg }) => msg?.includes('rule file refused') ?? false)
  expect(line.msg).toContain(
    'shop.yml:5:15: group "shop", rule 1, "CustomMetricHigh": could not parse expression: 1:16',
  )
  const metrics = await (await fetch(`${evaluator.url}/metrics`)).text()
  expect(metrics).toContain('tocsin_rule_files_refused 1')
  await world.gauge('custom_metric', 1, { region: 'us' })
  await world.untilStates(['firing', 'resolved', 'firing', 'resolved'], 'CustomMetricHigh')
  await world.writeRules('shop.yml', RULES.replace('custom_metric > 100', 'custom_metric > 0'))
  await world.untilStates(
    ['firing', 'resolved', 'firing', 'resolved', 'firing', 'firing'],
    'CustomMetricHigh',
  )
})

test('malformed messages are counted, and the stream moves on', async () => {
  await world.publishRaw('{"name":')
  await world.publishRaw('{"name":"bad name","type":"gauge","value":1}')
  await world.gauge('single', 1, { n: '1' })
  await world.gauge('single', 1, { n: '2' })
  await world.untilStates(['firing', 'firing', 'resolved', 'resolved'], 'DoubledHigh')
})
