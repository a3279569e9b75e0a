import { type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './start-world.ts'

let world: World
let evaluator: ServiceUnderTest

beforeAll(async () => {
  world = await startWorld()
  await world.writeRules(
    'rules.yml',
    `groups:
  - name: g
    rules:
      - { alert: Many, expr: many > 100 }
      - { alert: Missed, expr: missed > 100 }
      - { alert: AfterAWhile, expr: slow > 100, for: 3s }
      - { alert: Pending, expr: pending > 100, for: 1h }
      - { alert: Watched, expr: watched > 100, annotations: { tocsin_no_data: alert } }
`,
  )
  await world.writeRules('gone.yml', 'groups: [{ name: g, rules: [{ alert: Gone, expr: gone > 1 }] }]')
  evaluator = await world.start()
})
afterAll(async () => {
  await evaluator?.stop()
  await world?.stop()
})

// Each restart is a new process; a machine under load takes seconds for it.
const RESTARTS_TIMEOUT_MS = 60_000

test(
  'killed in the middle of many transitions it loses none and repeats none',
  async () => {
    const count = 40
    for (const [value, seen] of [
      [150, 10],
      [50, 30],
    ] as const) {
      const published = Array.from({ length: count }, (_, n) => world.gauge('many', value, { n: String(n) }))
      await Promise.all(published.slice(0, seen))
      await evaluator.kill()
      await Promise.all(published)
      await evaluator.restart()
    }
    await waitFor(async () => (await world.alerts()).length >= 2 * count, {
      what: 'all transitions',
      timeoutMs: 15_000,
    })
    const events = await world.alerts()
    for (let n = 0; n < count; n++)
      expect(events.filter((e) => e.labels['n'] === String(n)).map((e) => e.state)).toEqual([
        'firing',
        'resolved',
      ])
    expect(new Set(events.map((e) => e.id)).size).toBe(2 * count)
  },
  RESTARTS_TIMEOUT_MS,
)

test(
  'what came and went while it was down is told all the same',
  async () => {
    await world.gauge('missed', 1)
    await evaluator.kill()
    await world.gauge('missed', 500)
    await world.gauge('missed', 1)
    await evaluator.restart()
    const [fired, resolved] = await world.untilStates(['firing', 'resolved'], 'Missed')
    expect(fired?.value).toBe('500')
    // Evaluated at the samples' own times, in the past by now.
    expect(Date.parse(fired?.time ?? '')).toBeLessThan(Date.parse(fired?.stages.evaluated ?? ''))
    expect(resolved?.activeAt).toBe(fired?.activeAt)
  },
  RESTARTS_TIMEOUT_MS,
)

test(
  'a pending alert keeps its activeAt, and fires when its for has passed; a firing one is not told again',
  async () => {
    await world.gauge('slow', 150)
    await world.gauge('pending', 150)
    await world.gauge('gone', 2)
    const [pending] = await world.untilStates(['pending'], 'AfterAWhile')
    await world.untilStates(['pending'], 'Pending')
    await world.untilStates(['firing'], 'Gone')
    await evaluator.kill()
    await evaluator.restart()
    const { data } = await world.api(evaluator, '/api/v1/alerts')
    expect(data.alerts).toContainEqual(
      expect.objectContaining({ state: 'pending', labels: { alertname: 'Pending' } }),
    )
    const [, fired] = await world.untilStates(['pending', 'firing'], 'AfterAWhile')
    expect(fired?.activeAt).toBe(pending?.activeAt)
    expect(Date.parse(fired?.firedAt ?? '') - Date.parse(fired?.activeAt ?? '')).toBeGreaterThanOrEqual(3000)
    await world.untilStates(['pending'], 'Pending')
    await world.untilStates(['firing'], 'Gone')
  },
  RESTARTS_TIMEOUT_MS,
)

test(
  'a label set that had data is known after a restart: it is raised when they went away meanwhile',
  async () => {
    const stored = async () =>
      (await (await world.js.jetstreamManager()).streams.info('KV_alert-state')).state
    const before = await stored()
    await world.gauge('watched', 1, { n: '1' })
    await waitFor(async () => (await stored()).messages > before.messages, { what: 'the label set' })
    await evaluator.kill()
    const batch = {
      v: 1,
      id: 'watched-ends',
      time: new Date().toISOString(),
      source: 'test',
      metrics: [{ name: 'watched', type: 'gauge' }],
      series: [[0, { n: '1' }]],
      samples: [[0, 'stale']],
    }
    await world.publishRaw(JSON.stringify(batch))
    await evaluator.restart()
    const [raised] = await world.untilStates(['firing'], 'Watched')
    expect(raised?.annotations['tocsin_no_data']).toContain('no data since')
    await world.gauge('watched', 1, { n: '1' })
    await world.untilStates(['firing', 'resolved'], 'Watched')
  },
  RESTARTS_TIMEOUT_MS,
)

test(
  'alerts of a rule that was taken away while it was stopped resolve',
  async () => {
    await evaluator.stop()
    await world.removeRules('gone.yml')
    await evaluator.restart()
    await world.untilStates(['firing', 'resolved'], 'Gone')
    await world.untilStates(['pending'], 'Pending')
  },
  RESTARTS_TIMEOUT_MS,
)

test(
  'another replica takes part, answers for all, and takes over with all state when the first one dies',
  async () => {
    const other = await world.start()
    try {
      const both = await Promise.all(
        [evaluator, other].map(async (one) => (await world.api(one, '/api/v1/alerts')).data.alerts),
      )
      expect(both[1]).toHaveLength(2)
      expect(both[1]).toEqual(both[0])
      await evaluator.kill()
      await world.gauge('missed', 700)
      await world.untilStates(['firing', 'resolved', 'firing'], 'Missed')
      const { data } = await world.api(other, '/api/v1/alerts')
      expect(data.alerts).toHaveLength(3)
    } finally {
      await other.stop()
    }
  },
  RESTARTS_TIMEOUT_MS,
)
