import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Scenario, STEPS, scenarios } from './differential/scenarios.ts'
import { toldIn } from './differential/told.ts'
import { STEP_MS, startTwoNotifiers, type TwoNotifiers } from './differential/two-notifiers.ts'

failOnLeaks({ beforeAll, afterAll })

const SEED = Number(process.env['SEED'] ?? 20)
const all = scenarios(SEED, 12)

let two: TwoNotifiers
beforeAll(async () => {
  two = await startTwoNotifiers(all)
}, 120_000)
afterAll(() => two.stop())

/** The ends of all that a scenario leaves firing. */
function lastStep({ steps }: Scenario) {
  const firing = new Map<string, Scenario['steps'][number][number]>()
  for (const alert of steps.flat()) {
    if (alert.fires) firing.set(JSON.stringify(alert.labels), alert)
    else firing.delete(JSON.stringify(alert.labels))
  }
  return [...firing.values()].map(({ labels }) => ({ labels, fires: false }))
}

async function play(scenario: Scenario): Promise<void> {
  const { name, steps, silences = [] } = scenario
  const standing = new Map<number, () => Promise<void>>()
  const beganMs = performance.now()
  for (const [i, step] of [...steps, lastStep(scenario)].entries()) {
    // Both run by their own clocks: there is nothing to wait for but the time between two of their flushes.
    await new Promise((resolve) => setTimeout(resolve, beganMs + i * STEP_MS - performance.now()))
    for (const [n, { from, to, matcher }] of silences.entries()) {
      if (from === i) standing.set(n, await two.silence(...matcher, name))
      if (to === i) await standing.get(n)?.()
    }
    await two.post(step, name)
  }
}

it('tells the same groups the same, in the same order, as the real Alertmanager', {
  timeout: 90_000,
}, async () => {
  await Promise.all(all.map(play))
  expect(all.every(({ steps }) => steps.length === STEPS)).toBe(true)
  const isTheSame = () =>
    JSON.stringify([...toldIn(two.ours.requests)]) === JSON.stringify([...toldIn(two.theirs.requests)])
  // The last ends are told a flush later; a difference is shown below.
  await waitFor(isTheSame, { timeoutMs: 4 * STEP_MS }).catch(() => {})
  expect(Object.fromEntries(toldIn(two.ours.requests))).toEqual(
    Object.fromEntries(toldIn(two.theirs.requests)),
  )
  // Nothing was compared where nothing was told.
  expect(toldIn(two.theirs.requests).size).toBeGreaterThan(20)
})
