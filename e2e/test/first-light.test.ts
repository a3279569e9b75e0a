import type { WebhookBody } from '@tocsin/contract'
import { type HttpSink, type Server, startAlertmanager, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../start-system.ts'

const rules = `groups:
  - name: custom
    interval: 1s
    rules:
      - alert: CustomMetricAlert
        expr: custom_metric > 100
        labels: { severity: critical }
        annotations:
          summary: Custom metric is too high
          description: 'The custom metric is {{ $value }} on {{ $labels.shop }}'
`

let system: System

beforeAll(async () => {
  system = await startSystem({ rules })
})
afterAll(() => system?.stop())
afterEach(() => {
  system.smtp.clear()
  system.slack.clear()
  system.webhook.clear()
})

const bodyOf = (request: { json(): unknown }) => request.json() as WebhookBody
const firing = (name: string, status: 'firing' | 'resolved') => (request: HttpSink['requests'][number]) =>
  bodyOf(request).status === status &&
  bodyOf(request).alerts.some((alert) => alert.labels['alertname'] === name)

/** Waits until each of the three channels has one message, and makes sure that it stays at one. */
async function arrivesOnce(
  name: string,
  status: 'firing' | 'resolved',
  timeoutMs = 5000,
): Promise<WebhookBody> {
  const word = status.toUpperCase()
  const [request] = await Promise.all([
    system.webhook.waitForRequest(firing(name, status), timeoutMs),
    system.smtp.waitForMail(
      (mail) => mail.subject?.includes(word) === true && mail.subject.includes(name),
      timeoutMs,
    ),
    system.slack.waitForMessage(({ payload }) => JSON.stringify(payload).includes(name), timeoutMs),
  ])
  await settled()
  expect(system.webhook.requests).toHaveLength(1)
  expect(system.smtp.mails).toHaveLength(1)
  expect(system.slack.messages).toHaveLength(1)
  return bodyOf(request)
}

/** The outbox is empty: nothing more is on its way. */
async function settled(): Promise<void> {
  await waitFor(async () => (await system.jsm.streams.info('OUTBOX')).state.messages === 0, {
    what: 'an empty outbox',
  })
}

describe('one metric event', () => {
  it('becomes an e-mail, a Slack message and a webhook call, once each', async () => {
    await system.publishMetric({ name: 'custom_metric', type: 'gauge', value: 150, labels: { shop: 'eu' } })
    const body = await arrivesOnce('CustomMetricAlert', 'firing')
    expect(body).toMatchObject({
      version: '4',
      status: 'firing',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'CustomMetricAlert', severity: 'critical', shop: 'eu' },
          annotations: { description: 'The custom metric is 150 on eu' },
          endsAt: '0001-01-01T00:00:00Z',
        },
      ],
    })
    const [mail] = system.smtp.mails
    expect(mail?.envelope.to).toEqual(['team@example.com', 'oncall@example.com'])
    expect(mail?.text).toContain('The custom metric is 150 on eu')
    expect(mail?.html).toContain('The custom metric is 150 on eu')
  })

  it('that drops resolves the alert on every channel, once each', async () => {
    await system.publishMetric({ name: 'custom_metric', type: 'gauge', value: 50, labels: { shop: 'eu' } })
    const body = await arrivesOnce('CustomMetricAlert', 'resolved')
    expect(body.alerts[0]).toMatchObject({ status: 'resolved' })
    expect(body.alerts[0]?.endsAt).not.toBe('0001-01-01T00:00:00Z')
  })

  it('can be asked for, as a metric and as an answer', async () => {
    const metrics = await (await fetch(`${system.collector.url}/metrics`)).text()
    expect(metrics).toContain('custom_metric{shop="eu"} 50')
    const answer = await (await fetch(`${system.collector.url}/api/v1/query?query=custom_metric`)).json()
    expect(answer).toMatchObject({
      status: 'success',
      data: { result: [{ value: [expect.any(Number), '50'] }] },
    })
  })
})

describe('a real Alertmanager that posts to the notifier', () => {
  let alertmanager: Server

  beforeAll(async () => {
    alertmanager = await startAlertmanager({
      config: `route:
  receiver: default
  group_by: ['alertname', 'severity']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: default
    webhook_configs:
      - url: '${system.notifier.url}/api/monitoring/alerts'
        send_resolved: true
`,
    })
  })
  afterAll(() => alertmanager?.stop())

  const post = (endsAt?: string) =>
    fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([
        {
          labels: { alertname: 'DiskFull', severity: 'critical', instance: 'db1' },
          annotations: { summary: 'The disk of db1 is full' },
          startsAt: new Date(Date.now() - 60_000).toISOString(),
          ...(endsAt ? { endsAt } : {}),
        },
      ]),
    })

  it('fires on every channel, once each', async () => {
    expect((await post()).status).toBe(200)
    const body = await arrivesOnce('DiskFull', 'firing', 10_000)
    expect(body.alerts[0]?.annotations).toEqual({ summary: 'The disk of db1 is full' })
  })

  it('resolves on every channel, once each', async () => {
    expect((await post(new Date().toISOString())).status).toBe(200)
    await arrivesOnce('DiskFull', 'resolved', 10_000)
  })
})
