import { randomUUID } from 'node:crypto'
import { fingerprint, type WebhookBody, ZERO_TIME } from '@tocsin/contract'
import { failOnLeaks, type Server, startAlertmanager, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

const RETRY_WINDOW_MS = 1500

let world: World
let alertmanager: Server
beforeAll(async () => {
  world = await startWorld({ ALERTMANAGER_RETRY_WINDOW: `${RETRY_WINDOW_MS}ms` })
  alertmanager = await startAlertmanager({
    config: `
route:
  group_by: ['alertname', 'severity']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  receiver: default
receivers:
  - name: default
    webhook_configs:
      - url: '${world.service.url}/api/monitoring/alerts'
        send_resolved: true
`,
  })
})
afterAll(async () => {
  await alertmanager.stop()
  await world.stop()
})

const bodies = (name: string) =>
  world.sink.requests
    .filter((r) => r.body.includes(`"alertname":"${name}"`))
    .map((r) => r.json() as WebhookBody)

function bodyOf(name: string, labels: Readonly<Record<string, string>> = {}): WebhookBody {
  const all = { alertname: name, severity: 'critical', ...labels }
  return {
    version: '4',
    groupKey: `{}:{alertname="${name}"}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'default',
    groupLabels: { alertname: name },
    commonLabels: all,
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    alerts: [
      {
        status: 'firing',
        labels: all,
        annotations: {},
        startsAt: '2026-03-01T12:00:00.123456789Z',
        endsAt: ZERO_TIME,
        generatorURL: '',
        fingerprint: fingerprint(all),
      },
    ],
  }
}

const post = (body: unknown) =>
  fetch(`${world.service.url}/api/monitoring/alerts`, { method: 'POST', body: JSON.stringify(body) })

describe("Alertmanager's webhook", () => {
  it('is taken from the real Alertmanager, alerts and their ends', async () => {
    const send = (endsAt?: string) =>
      fetch(`${alertmanager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify([
          {
            labels: { alertname: 'FromAlertmanager', severity: 'critical' },
            annotations: { summary: 'It broke' },
            ...(endsAt ? { endsAt } : {}),
          },
        ]),
      })
    expect((await send()).status).toBe(200)
    await waitFor(() => bodies('FromAlertmanager').length === 1)
    await send(new Date().toISOString())
    await waitFor(() => bodies('FromAlertmanager').length === 2, { timeoutMs: 10_000 })
    expect(bodies('FromAlertmanager').map((body) => body.status)).toEqual(['firing', 'resolved'])
    expect(bodies('FromAlertmanager')[0]?.alerts[0]?.annotations).toEqual({ summary: 'It broke' })
    await world.smtp.waitForMail((mail) => mail.subject === '[RESOLVED] FromAlertmanager — It broke')
  })

  it('sends a retry once, and a repeat again', async () => {
    const body = bodyOf(`Retried${randomUUID()}`)
    const name = body.groupLabels['alertname'] ?? ''
    const answers = await Promise.all([post(body), post(body), post(body)])
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    const [first] = await Promise.all(answers.map((answer) => answer.json() as Promise<{ id: string }>))
    await waitFor(() => bodies(name).length === 1)
    await waitFor(async () => {
      const { id } = (await (await post(body)).json()) as { id: string }
      return id !== first?.id
    })
    await waitFor(() => bodies(name).length === 2)
  })

  it('is told without the rest of an annotation that fits no message', async () => {
    const body = bodyOf('LongAnnotation')
    const annotations = { text: 'x'.repeat(1_500_000) }
    const alerts = body.alerts.map((alert) => ({ ...alert, annotations }))
    expect((await post({ ...body, alerts, commonAnnotations: annotations })).status).toBe(200)
    await waitFor(() => bodies('LongAnnotation').length === 1)
    expect(bodies('LongAnnotation')[0]?.alerts[0]?.annotations['text']).toMatch(/^x{65536}… \(cut/)
  })

  it('is refused for good, and kept, where a single alert is larger than a message can be', async () => {
    const body = bodyOf('TooLarge', { filler: 'x'.repeat(1_500_000) })
    expect((await post(body)).status).toBe(413)
    const letters = await fetch(`${world.service.url}/api/v1/dead-letters?reason=too_large`)
    expect(await letters.json()).toMatchObject({
      deadLetters: [{ reason: 'too_large', subject: '/api/monitoring/alerts' }],
    })
  })

  it('puts alerts of low severity into the digest', async () => {
    await post(bodyOf('LowFromAlertmanager', { severity: 'info' }))
    const request = await world.sink.waitForRequest((r) => r.body.includes('LowFromAlertmanager'))
    expect(request.json()).toMatchObject({ kind: 'digest' })
  })

  it('is not accepted while it cannot be stored', async () => {
    await world.nats.kill()
    await waitFor(async () => (await post(bodyOf('NotStored'))).status === 503, { timeoutMs: 15_000 })
    await world.nats.restart()
    await waitFor(async () => (await post(bodyOf('NotStored'))).status === 200, { timeoutMs: 15_000 })
    await world.sink.waitForRequest((r) => r.body.includes('NotStored'), 15_000)
  })

  it('is split where a group is larger than a message can be, and no alert is left out', async () => {
    const template = bodyOf('Huge').alerts[0]
    if (!template) throw new Error('the sample has an alert')
    const alerts = Array.from({ length: 2500 }, (_, i) => {
      const labels = { ...template.labels, n: String(i), filler: 'x'.repeat(500) }
      return { ...template, labels, fingerprint: fingerprint(labels) }
    })
    expect((await post({ ...bodyOf('Huge'), alerts })).status).toBe(200)
    await waitFor(() => bodies('Huge').flatMap((body) => body.alerts).length >= 2500, { timeoutMs: 15_000 })
    const arrived = bodies('Huge').flatMap((body) => body.alerts.map((alert) => alert.labels['n']))
    expect(arrived).toEqual(alerts.map((alert) => alert.labels['n']))
  })
})
