import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { WebhookBody } from '@tocsin/contract'
import { failOnLeaks, freePort, type ServiceUnderTest, startService, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, it } from 'vitest'
import { type AlertmanagerWorld, startAlertmanagerWorld } from './alertmanager-world.ts'
import { subjects } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

const ALERTS = 60
const SEED = Number(process.env['TOCSIN_CHAOS_SEED'] ?? 11)

let world: AlertmanagerWorld
let second: ServiceUnderTest
let evaluator: ServiceUnderTest
let folder: string
beforeAll(async () => {
  world = await startAlertmanagerWorld()
  folder = await mkdtemp(join(tmpdir(), 'tocsin-rules-'))
  const rules = [{ alert: 'Level', expr: 'level > 100', labels: { severity: 'critical' } }]
  await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'levels', rules }] }))
  const common = { NATS_URL: world.nats.url, REDIS_URL: world.redis.url }
  second = await startService('notifier', {
    ...common,
    ...world.env,
    NOTIFIER_PORT: String(await freePort()),
    WEBHOOK_URL: world.sink.url,
  })
  evaluator = await startService('alert-evaluator', {
    ...common,
    ALERT_RULES_PATH: folder,
    ALERT_RULE_PACKS: 'none',
    EVALUATION_INTERVAL: '1s',
  })
}, 90_000)
afterAll(async () => {
  await Promise.all([second.stop(), evaluator.stop()])
  await world.stop()
  await rm(folder, { recursive: true, force: true })
}, 90_000)

/** A generator of the same numbers for the same seed. */
function createRandom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const setLevel = (n: number, value: number) =>
  world.bus.publish(
    subjects.metrics('test'),
    { name: 'level', type: 'gauge', value, labels: { n: String(n) } },
    { deadlineMs: 60_000 },
  )

/**
 * What people were told of each alert. A crash between sending and recording repeats that one message under its key,
 * by which a receiver knows it.
 */
function told(): readonly string[][] {
  const states: string[][] = Array.from({ length: ALERTS }, () => [])
  const keys = new Set<string>()
  for (const request of world.sink.requests) {
    const key = request.headers['idempotency-key'] ?? ''
    if (keys.has(key)) continue
    keys.add(key)
    for (const { labels, status } of (request.json() as WebhookBody).alerts)
      states[Number(labels['n'])]?.push(status)
  }
  return states
}

it('whatever dies, every alert begins and ends once for people', async () => {
  const random = createRandom(SEED)
  const actions: string[] = []
  const victims = [
    ['alertmanager', () => world.alertmanager.kill(), () => world.alertmanager.restart()],
    ['notifier', () => world.service.kill(), () => world.service.restart()],
    ['second notifier', () => second.kill(), () => second.restart()],
    ['evaluator', () => evaluator.kill(), () => evaluator.restart()],
    ['nats', () => world.nats.kill(), () => world.nats.restart()],
  ] as const
  let over = false
  async function disturb(): Promise<void> {
    while (!over) {
      // Alertmanager most of all.
      const [name, kill, revive] = victims[Math.max(0, random(8) - 3)] ?? victims[0]
      const ms = random(4000)
      actions.push(`${name} for ${ms} ms`)
      await kill()
      await delay(ms)
      await revive()
      await delay(random(2500))
    }
  }
  async function load(value: number): Promise<void> {
    for (let n = 0; n < ALERTS; n++) {
      await setLevel(n, value)
      await delay(random(700))
    }
  }
  const everyone = (states: readonly string[]) => async () => {
    const missing = told().flatMap((one, n) => (one.join() === states.join() ? [] : [`${n}: ${one.join()}`]))
    if (missing.length > 0) throw new Error(`seed ${SEED}; ${actions.join(', ')}; ${missing.join('; ')}`)
    return true
  }
  const disturbing = disturb()
  try {
    await load(150)
  } finally {
    over = true
    await disturbing
  }
  await waitFor(everyone(['firing']), { what: 'all to be told', timeoutMs: 60_000 })
  over = false
  const disturbingEnds = disturb()
  try {
    await load(50)
  } finally {
    over = true
    await disturbingEnds
  }
  await waitFor(everyone(['firing', 'resolved']), { what: 'all ends to be told', timeoutMs: 60_000 })
  // What Alertmanager still has to say comes within its group_interval.
  await delay(4000)
  await everyone(['firing', 'resolved'])()
}, 400_000)
