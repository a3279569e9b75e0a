import { setTimeout as delay } from 'node:timers/promises'
import { type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './start-world.ts'

const GROUPS = 24
const REPLICAS = 3

let world: World
let replicas: ServiceUnderTest[] = []

beforeAll(async () => {
  world = await startWorld()
  const groups = Array.from({ length: GROUPS }, (_, i) => ({
    name: `g${i}`,
    rules: [{ alert: `High${i}`, expr: `level${i} > 100` }],
  }))
  await world.writeRules('rules.yml', JSON.stringify({ groups }))
  replicas = await Promise.all(Array.from({ length: REPLICAS }, () => world.start()))
}, 60_000)
afterAll(async () => {
  for (const one of replicas) process.kill(one.pid, 'SIGCONT')
  await Promise.all(replicas.map((one) => one.stop()))
  await world?.stop()
}, 60_000)

/** How many groups each replica evaluates, by its own word. */
const sharesOf = () =>
  Promise.all(
    replicas.map(async ({ url }) => {
      const text = await (await fetch(`${url}/metrics`)).text()
      return Number(/^tocsin_rule_parts (\d+)/m.exec(text)?.[1])
    }),
  )

test('the rules are spread evenly, and every replica answers for all of them', async () => {
  await waitFor(async () => (await sharesOf()).every((parts) => parts === 12 / REPLICAS), {
    what: 'even shares',
    timeoutMs: 30_000,
  })
  await Promise.all(Array.from({ length: GROUPS }, (_, i) => world.gauge(`level${i}`, 150)))
  await waitFor(async () => (await world.alerts()).length === GROUPS, { what: 'all alerts' })
  const answers = await Promise.all(replicas.map((one) => world.api(one, '/api/v1/rules')))
  for (const { data } of answers) {
    expect(data.groups.map(({ name }: { name: string }) => name)).toEqual(
      Array.from({ length: GROUPS }, (_, i) => `g${i}`),
    )
    for (const group of data.groups)
      expect(group).toMatchObject({
        rules: [{ state: 'firing', health: 'ok', alerts: [{ value: '1.5e+02' }] }],
      })
  }
  await Promise.all(Array.from({ length: GROUPS }, (_, i) => world.gauge(`level${i}`, 50)))
  await waitFor(async () => (await world.alerts()).length === 2 * GROUPS, { what: 'all to resolve' })
}, 60_000)

/** A generator of the same numbers for the same seed. */
function createRandom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** The index of the value that is the n-th least. */
function oldest(values: readonly number[], n: number): number {
  return values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value)[n]?.i ?? 0
}

const CHAOS_MS = 25_000
const SEED = Number(process.env['TOCSIN_CHAOS_SEED'] ?? 7)

test('killed, paused and revived at random, they tell every transition once, and none is lost', async () => {
  const random = createRandom(SEED)
  const levels = Array.from({ length: GROUPS }, () => 50)
  const toggles = Array.from({ length: GROUPS }, () => 1)
  const changedAt = Array.from({ length: GROUPS }, () => 0)
  const end = performance.now() + CHAOS_MS
  const actions: string[] = []

  async function comeAndGo(): Promise<void> {
    while (performance.now() < end) {
      // Values of one series within a quarter of a second may count as the last one.
      const i = oldest(changedAt, random(8))
      changedAt[i] = performance.now()
      levels[i] = levels[i] === 50 ? 150 : 50
      toggles[i] = (toggles[i] ?? 0) + 0.5
      await world.gauge(`level${i}`, levels[i] ?? 0)
      await delay(20 + random(40))
    }
  }
  async function disturb(): Promise<void> {
    while (performance.now() < end) {
      const which = random(REPLICAS)
      const victim = replicas[which]
      if (!victim) continue
      if (random(2) === 0) {
        actions.push(`kill ${which}`)
        await victim.kill()
        await delay(random(4000))
        await victim.restart()
      } else {
        const ms = 500 + random(6000)
        actions.push(`pause ${which} for ${ms} ms`)
        process.kill(victim.pid, 'SIGSTOP')
        await delay(ms)
        process.kill(victim.pid, 'SIGCONT')
      }
      await delay(random(1500))
    }
  }
  await Promise.all([comeAndGo(), disturb()])
  const statesOf = async () => {
    const events = await world.alerts()
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    return Array.from({ length: GROUPS }, (_, i) =>
      events.filter(({ alertname }) => alertname === `High${i}`).map(({ state }) => state),
    )
  }
  const wanted = toggles.map((count) =>
    Array.from({ length: Math.round(2 * count) }, (_, i) => (i % 2 === 0 ? 'firing' : 'resolved')),
  )
  await waitFor(
    async () => {
      const told = await statesOf()
      if (told.some((states, i) => states.length < (wanted[i]?.length ?? 0)))
        throw new Error(
          `seed ${SEED}: ${actions.join(', ')}; still missing: ${told.flatMap((states, i) => (states.length < (wanted[i]?.length ?? 0) ? [`High${i} ${states.length} of ${wanted[i]?.length}`] : [])).join(', ')}`,
        )
      return true
    },
    { what: 'every transition', timeoutMs: 30_000 },
  )
  expect(await statesOf()).toEqual(wanted)
}, 150_000)
