import type { ServiceUnderTest } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './start-world.ts'

let world: World
let evaluator: ServiceUnderTest

beforeAll(async () => {
  world = await startWorld()
  await world.writeRules(
    'custom.yml',
    `groups:
  - name: shop
    rules:
      - alert: CustomMetricHigh
        expr: custom_metric > 100
        labels: { severity: critical }
        annotations:
          summary: 'custom_metric is {{ $value }} in {{ $labels.region }}'
`,
  )
  evaluator = await world.start()
})
afterAll(async () => {
  await evaluator?.stop()
  await world?.stop()
})

test('an event over the threshold fires the alert, one below resolves it', async () => {
  await world.gauge('custom_metric', 150, { region: 'eu' })
  const [fired] = await world.untilStates('firing')
  expect(fired).toMatchObject({
    state: 'firing',
    alertname: 'CustomMetricHigh',
    severity: 'critical',
    labels: { alertname: 'CustomMetricHigh', region: 'eu', severity: 'critical' },
    annotations: { summary: 'custom_metric is 150 in eu' },
    value: '150',
    group: 'shop',
    origin: 'file',
  })
  await world.gauge('custom_metric', 50, { region: 'eu' })
  const events = await world.untilStates('firing', 'resolved')
  expect(events.map((e) => e.state)).toEqual(['firing', 'resolved'])
  expect(events[1]?.resolvedAt).toBeDefined()
  console.log(events.map((e) => e.stages))
})
