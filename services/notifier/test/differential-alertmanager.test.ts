import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Scenario, STEPS, scenarios } from './differential/scenarios.ts'
import { toldIn } from './differential/told.ts'
import { STEP_MS, startTwoNotifiers, type TwoNotifiers } from './differential/two-notifiers.ts'

failOnLeaks({ beforeAll, afterAll })

const SEED = Number(process.env['SEED'] ?? 20)
/**
 * Each runs by its own clock: on a machine that stands still for half a step they see different things at a flush. That
 * does not happen again and again; a real difference does.
 */
const TRIES = 3
const all = scenarios(SEED, 12)
const nameOfTry = (name: string, number: number) => `${name}-try${number}`
const tries = Array.from({ length: TRIES }, (_, n) =>
  all.map((scenario) => ({ ...scenario, name: nameOfTry(scenario.name, n) })),
)

let two: TwoNotifiers
beforeAll(async () => {
  two = await startTwoNotifiers(tries)
}, 180_000)
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
    // There is nothing to wait for but the time between two of their flushes.
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, beganMs + i * STEP_MS - performance.now())),
    )
    for (const [n, { from, to, matcher }] of silences.entries()) {
      if (from === i) standing.set(n, await two.silence(...matcher, name))
      if (to === i) await standing.get(n)?.()
    }
    await two.post(step, name)
  }
}

/** What both told of a scenario, theirs first. */
function toldOf({ name }: Scenario) {
  return [two.theirs, two.ours].map(({ requests }) =>
    Object.fromEntries([...toldIn(requests)].filter(([key]) => key.includes(`{scenario="${name}"}`))),
  )
}

function isTheSame(scenario: Scenario): boolean {
  const [theirs, ours] = toldOf(scenario)
  return JSON.stringify(theirs) === JSON.stringify(ours)
}

it('tells the same groups the same, in the same order, as the real Alertmanager', {
  timeout: 200_000,
}, async () => {
  let left = all
  for (const [n, scenariosOfTry] of tries.entries()) {
    const played = scenariosOfTry.filter((_, i) => left.includes(all[i] as Scenario))
    await Promise.all(played.map(play))
    // The last ends are told a flush later; a difference is shown below.
    await waitFor(() => played.every(isTheSame), { timeoutMs: 3 * STEP_MS }).catch(() => {})
    const last = n === TRIES - 1
    for (const scenario of played) if (last) expect(toldOf(scenario)[1]).toEqual(toldOf(scenario)[0])
    left = all.filter(
      (_, i) => played.includes(scenariosOfTry[i] as Scenario) && !isTheSame(scenariosOfTry[i] as Scenario),
    )
    if (left.length === 0) break
  }
  expect(all.every(({ steps }) => steps.length === STEPS)).toBe(true)
  // Nothing was compared where nothing was told.
  expect(toldIn(two.theirs.requests).size).toBeGreaterThan(40)
})
