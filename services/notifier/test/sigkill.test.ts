import { setTimeout as delay } from 'node:timers/promises'
import { fingerprint, type WebhookBody, ZERO_TIME } from '@tocsin/contract'
import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { transition } from './samples/events.ts'
import { startWorld, subjects, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

const KILLS = 4
const ALERTS = 50

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

/** What the webhook was sent and answered 200, in order. */
const accepted: string[] = []

function note(body: string): void {
  const json = JSON.parse(body) as Partial<WebhookBody> & { title?: string; entries?: { title: string }[] }
  for (const alert of json.alerts ?? []) accepted.push(`${alert.status} ${alert.labels['n'] ?? ''}`)
  if (json.title !== undefined && json.entries === undefined) accepted.push(`message ${json.title}`)
  for (const entry of json.entries ?? []) accepted.push(`digest ${entry.title}`)
}

async function postUntilAccepted(n: number): Promise<void> {
  const labels = { alertname: 'Posted', severity: 'critical', n: `am${n}` }
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: '2026-03-01T12:00:00Z',
    endsAt: ZERO_TIME,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  }
  const body = {
    version: '4',
    groupKey: `g${n}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'r',
    groupLabels: labels,
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: '',
    alerts: [alert],
  }
  const post = async () =>
    (
      await fetch(`${world.service.url}/api/monitoring/alerts`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
    ).ok
  await waitFor(post, { timeoutMs: 30_000, what: `Alertmanager's group ${n} to be accepted` })
}

it('loses nothing to SIGKILL, keeps every resolve behind its alert, and repeats no more than what was in flight', async () => {
  let requests = 0
  world.sink.answerWith((request) => {
    // Every seventh attempt fails, so that some wait for another when the process dies.
    if (++requests % 7 === 0) return { status: 503 }
    note(request.body)
    return { status: 200 }
  })

  const load = async () => {
    for (let n = 0; n < ALERTS; n++) {
      const facts = { name: 'Load', labels: { n: String(n) } }
      await world.publishAlert(transition({ ...facts, state: 'firing' }))
      if (n % 10 === 0)
        await world.publish(subjects.notificationRequest, JSON.stringify({ id: `m${n}`, title: `m${n}` }))
      if (n % 10 === 5)
        await world.publish(
          subjects.notificationRequest,
          JSON.stringify({ id: `d${n}`, title: `d${n}`, severity: 'low' }),
        )
      if (n % 10 === 8) await postUntilAccepted(n)
      await delay(Math.random() * 60)
      await world.publishAlert(transition({ ...facts, state: 'resolved' }))
    }
  }
  let loaded = false
  const loading = load().finally(() => {
    loaded = true
  })
  let kills = 0
  while (kills < KILLS || !loaded) {
    await delay(Math.random() * 900)
    if (kills >= KILLS) continue
    kills++
    await world.service.kill()
    await world.service.restart()
  }
  await loading

  const numbers = Array.from({ length: ALERTS }, (_, n) => n)
  const wanted = [
    ...numbers.flatMap((n) => [`firing ${n}`, `resolved ${n}`]),
    ...numbers.filter((n) => n % 10 === 0).map((n) => `message m${n}`),
    ...numbers.filter((n) => n % 10 === 5).map((n) => `digest d${n}`),
    ...numbers.filter((n) => n % 10 === 8).map((n) => `firing am${n}`),
  ]
  await waitFor(() => wanted.every((what) => accepted.includes(what)), {
    timeoutMs: 60_000,
    what: 'everything to arrive',
  }).catch(() => {})
  expect(wanted.filter((what) => !accepted.includes(what))).toEqual([])
  for (const n of numbers)
    expect(accepted.lastIndexOf(`firing ${n}`)).toBeLessThan(accepted.indexOf(`resolved ${n}`))
  for (const what of wanted)
    expect(accepted.filter((seen) => seen === what).length).toBeLessThanOrEqual(1 + KILLS)
  const repeats = accepted.length - new Set(accepted).size
  expect(repeats).toBeLessThanOrEqual(KILLS * 32)
  console.info(`${KILLS} kills, ${wanted.length} notifications, ${repeats} repeated`)
}, 120_000)
