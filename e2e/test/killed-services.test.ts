import type { WebhookBody } from '@tocsin/contract'
import { waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../start-system.ts'

const rules = `groups:
  - name: jobs
    interval: 1s
    rules:
      - alert: JobFailed
        expr: job_failed > 0
        labels: { severity: critical }
        annotations: { summary: 'Job {{ $labels.job }} failed' }
`

let system: System
let round = 0

beforeAll(async () => {
  system = await startSystem({ rules })
})
afterAll(() => system?.stop())
afterEach(() => system.webhook.clear())

const jobs = Array.from({ length: 10 }, (_, i) => `job-${i}`)
const setAll = (value: number) =>
  Promise.all(
    jobs.map((job) =>
      system.publishMetric({
        name: 'job_failed',
        type: 'gauge',
        value,
        labels: { job, round: String(round) },
      }),
    ),
  )

/** What arrived at the webhook of this round: `job status`, one entry a call. */
function arrived(): string[] {
  return system.webhook.requests.flatMap((request) =>
    (request.json() as WebhookBody).alerts
      .filter((alert) => alert.labels['round'] === String(round))
      .map((alert) => `${alert.labels['job']} ${alert.status}`),
  )
}

async function allArriveOnce(status: 'firing' | 'resolved'): Promise<void> {
  const expected = jobs.map((job) => `${job} ${status}`)
  await waitFor(() => expected.every((entry) => arrived().includes(entry)), {
    timeoutMs: 15_000,
    what: `all ${status}`,
  })
  await waitFor(async () => (await system.jsm.streams.info('OUTBOX')).state.messages === 0)
  expect(
    arrived()
      .filter((entry) => entry.endsWith(status))
      .sort(),
  ).toEqual(expected)
}

it.each(['evaluator', 'notifier', 'collector'] as const)(
  'a %s that is dead when the events come loses no alert and no resolve once it is back',
  async (name) => {
    round++
    await system[name].kill('SIGKILL')
    await setAll(1)
    await system[name].restart()
    await allArriveOnce('firing')
    await system[name].kill('SIGKILL')
    await setAll(0)
    await system[name].restart()
    await allArriveOnce('resolved')
  },
)

it.each(['evaluator', 'notifier'] as const)(
  'a %s killed while the events come loses none, and none twice beyond what was in its hands',
  async (name) => {
    round++
    const publishing = setAll(1)
    await system[name].kill('SIGKILL')
    await publishing
    await system[name].restart()
    const expected = jobs.map((job) => `${job} firing`)
    await waitFor(() => expected.every((entry) => arrived().includes(entry)), {
      timeoutMs: 15_000,
      what: 'all firing',
    })
    await waitFor(async () => (await system.jsm.streams.info('OUTBOX')).state.messages === 0)
    // A call that was made but not recorded when the process died is the one that may be made again.
    const twice = arrived().length - expected.length
    expect(twice).toBeLessThanOrEqual(name === 'notifier' ? jobs.length : 0)
    await setAll(0)
    await waitFor(() => jobs.every((job) => arrived().includes(`${job} resolved`)), {
      timeoutMs: 15_000,
      what: 'all resolved',
    })
  },
)

it('a NATS that is killed and comes back loses nothing of what it had stored', async () => {
  round++
  await setAll(1)
  await allArriveOnce('firing')
  await system.nats.kill()
  await system.nats.restart()
  await waitFor(() => setAll(0).then(() => true), { timeoutMs: 15_000, what: 'publishing again' })
  await waitFor(() => jobs.every((job) => arrived().includes(`${job} resolved`)), {
    timeoutMs: 15_000,
    what: 'all resolved',
  })
})
