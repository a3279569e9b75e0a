import { type ServiceUnderTest, startService, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './start-world.ts'

let world: World
let evaluator: ServiceUnderTest
let collector: ServiceUnderTest

beforeAll(async () => {
  world = await startWorld()
  await world.writeRules(
    'rules.yml',
    `groups:
  - name: g
    rules:
      - { record: doubled, expr: 2 * single }
      - { alert: WasHigh, expr: 'max_over_time(doubled[10m]) > 100' }
      - { alert: High, expr: single > 50, labels: { team: shop } }
`,
  )
  ;[evaluator, collector] = await Promise.all([
    world.start(),
    startService('collector', { NATS_URL: world.nats.url, OTLP_PORT: '0' }),
  ])
}, 60_000)
afterAll(async () => {
  await Promise.all([evaluator?.stop(), collector?.stop()])
  await world?.stop()
})

/** What the collector answers, as texts. */
async function ask(query: string): Promise<readonly string[]> {
  const response = await fetch(`${collector.url}/api/v1/query?query=${encodeURIComponent(query)}`)
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  return data.result
    .map(({ metric, value }) => `${metric['alertname'] ?? metric['__name__']} ${value[1]}`)
    .sort()
}

const until = (query: string, wanted: readonly string[]) =>
  waitFor(
    async () => {
      expect(await ask(query)).toEqual(wanted)
      return true
    },
    { what: `${query} to be ${wanted.join() || 'empty'}` },
  )

test('what rules write is in the query API, and ends with the alert', async () => {
  await world.gauge('single', 60)
  await until('doubled', ['doubled 120'])
  await until('ALERTS{alertstate="firing"}', ['High 1', 'WasHigh 1'])
  expect(await ask('ALERTS{team="shop",alertstate="firing"}')).toEqual(['High 1'])
  const [since] = await ask('time() - ALERTS_FOR_STATE{alertname="High"}')
  expect(Number(since?.split(' ')[1])).toBeLessThan(60)
  await world.gauge('single', 1)
  await until('ALERTS', ['WasHigh 1'])
  await until('ALERTS_FOR_STATE{alertname="High"}', [])
})

test('a range over a recorded series survives a restart, and no transition is told again', async () => {
  const before = await waitFor(async () => {
    const all = await world.alerts()
    return all.some(({ alertname, state }) => alertname === 'High' && state === 'resolved') && all
  })
  await evaluator.kill()
  await evaluator.restart()
  await world.gauge('single', 2)
  await until('doubled', ['doubled 4'])
  await until('ALERTS', ['WasHigh 1'])
  expect(await world.alerts()).toEqual(before)
})

test('a recorded series whose source ended before a restart ends after it', async () => {
  await evaluator.stop()
  await world.publishRaw(
    JSON.stringify({
      v: 1,
      id: 'end-1',
      time: new Date().toISOString(),
      source: 'test',
      metrics: [{ name: 'single', type: 'gauge' }],
      series: [[0, {}]],
      samples: [[0, 'stale']],
    }),
  )
  await evaluator.restart()
  await until('doubled', [])
}, 60_000)
