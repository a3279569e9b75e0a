import { type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWorld, type World } from './start-world.ts'

let world: World
let evaluator: ServiceUnderTest | undefined

beforeEach(async () => {
  world = await startWorld()
  await world.writeRules(
    'rules.yml',
    `groups:
  - name: g
    rules:
      - { alert: AtOnce, expr: level > 100 }
      - { alert: AfterAWhile, expr: slow_level > 100, for: 3s }
      - { alert: Pending, expr: pending_level > 100, for: 1h }
`,
  )
})
afterEach(async () => {
  await evaluator?.stop()
  await world?.stop()
})

const told = async () => (await world.alerts()).map((e) => `${e.state} ${e.labels['n']}`)

test('killed at any moment it loses no transition and repeats none', async () => {
  evaluator = await world.start()
  // Fire and resolve many alerts, and kill the evaluator in the middle of it, several times.
  const count = 40
  for (let round = 0; round < 3; round++) {
    const value = round % 2 === 0 ? 150 : 50
    const published = Array.from({ length: count }, (_, n) => world.gauge('level', value, { n: String(n) }))
    await Promise.all(published.slice(0, 10 + 15 * round))
    await evaluator.kill()
    await Promise.all(published)
    await evaluator.restart()
  }
  await waitFor(async () => (await world.alerts()).length >= 3 * count, {
    what: 'all transitions',
    timeoutMs: 15_000,
  })
  const events = await told()
  for (let n = 0; n < count; n++)
    expect(events.filter((e) => e.endsWith(` ${n}`))).toEqual(
      ['firing', 'resolved', 'firing'].map((state) => `${state} ${n}`),
    )
  const ids = (await world.alerts()).map((e) => e.id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('what came and went while it was down is told all the same', async () => {
  evaluator = await world.start()
  await world.gauge('level', 1, { n: 'down' })
  await evaluator.kill()
  await world.gauge('level', 500, { n: 'down' })
  await world.gauge('level', 1, { n: 'down' })
  await evaluator.restart()
  const events = await world.untilStates(['firing', 'resolved'])
  expect(events.map((e) => `${e.state} ${e.value}`)).toEqual(['firing 500', 'resolved 500'])
})

test('a pending alert keeps its activeAt, and fires when its for has passed', async () => {
  evaluator = await world.start()
  await world.gauge('slow_level', 150, { n: 'slow' })
  await world.gauge('pending_level', 150, { n: 'pending' })
  const pending = await world.untilStates(['pending', 'pending'])
  const activeAt = pending.find((e) => e.alertname === 'AfterAWhile')?.activeAt
  await evaluator.kill()
  await evaluator.restart()
  const alerts = await world.api(evaluator, '/api/v1/alerts')
  expect(
    alerts.data.alerts.map((a: { labels: { n: string }; state: string }) => `${a.state} ${a.labels.n}`),
  ).toContain('pending pending')
  const events = await world.untilStates(['pending', 'pending', 'firing'])
  expect(events).toHaveLength(3)
  const fired = events[2]
  expect(fired).toMatchObject({ alertname: 'AfterAWhile', state: 'firing', activeAt })
  const waited = Date.parse(fired?.firedAt ?? '') - Date.parse(activeAt ?? '')
  expect(waited).toBeGreaterThanOrEqual(3000)
})

test('an orderly stop and start tells nothing twice', async () => {
  evaluator = await world.start()
  await world.gauge('level', 150, { n: 'once' })
  await world.untilStates(['firing'])
  await evaluator.restart()
  await world.gauge('level', 50, { n: 'once' })
  const events = await world.untilStates(['firing', 'resolved'])
  expect(events.map((e) => e.state)).toEqual(['firing', 'resolved'])
})

test('alerts of a rule that was taken away meanwhile resolve', async () => {
  await world.writeRules('gone.yml', 'groups: [{ name: g, rules: [{ alert: Gone, expr: gone_level > 1 }] }]')
  evaluator = await world.start()
  await world.gauge('gone_level', 2, { n: 'gone' })
  await world.untilStates(['firing'])
  await evaluator.kill()
  await world.removeRules('gone.yml')
  await evaluator.restart()
  const events = await world.untilStates(['firing', 'resolved'])
  expect(events.map((e) => `${e.alertname} ${e.state}`)).toEqual(['Gone firing', 'Gone resolved'])
})
