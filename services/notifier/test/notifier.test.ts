import { type WebhookBody, webhookBody } from '@tocsin/contract'
import { failOnLeaks, type ReceivedRequest, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { transition } from './samples/events.ts'
import { startWorld, subjects, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())
afterEach(() => {
  world.sink.answer(200)
  world.slack.failNext()
  world.smtp.behave('accept')
})

const about = (name: string) => (request: ReceivedRequest) => request.body.includes(`"${name}"`)
const bodiesAbout = (name: string): WebhookBody[] =>
  world.sink.requests.filter(about(name)).map((request) => webhookBody.parse(request.json()))
const states = (name: string) => bodiesAbout(name).map((body) => body.status)

describe('an alert', () => {
  it('that is critical is told on every channel at once, and so is its end, once each', async () => {
    await world.publishAlert(transition({ name: 'Critical', state: 'pending' }))
    await world.publishAlert(transition({ name: 'Critical', state: 'firing' }))
    await world.sink.waitForRequest(about('Critical'))
    await world.publishAlert(transition({ name: 'Critical', state: 'resolved' }))
    await waitFor(() => states('Critical').length === 2)
    expect(states('Critical')).toEqual(['firing', 'resolved'])
    const mails = () =>
      world.smtp.mails.filter((mail) => mail.subject?.includes('Critical')).map((mail) => mail.subject)
    const texts = () =>
      world.slack.messages.map((m) => String(m.payload['text'])).filter((text) => text.includes('Critical'))
    await waitFor(() => mails().length === 2 && texts().length === 2)
    expect(mails()).toEqual([
      '[FIRING:1] Critical — Too many requests fail',
      '[RESOLVED] Critical — Too many requests fail',
    ])
    expect(texts()[1]).toContain('[RESOLVED]')
    const log = await world.waitForDeliveries('outcome=delivered&channel=webhook', 2)
    expect(log[0]).toMatchObject({
      reason: 'ok',
      attempt: 1,
      title: '[RESOLVED] Critical — Too many requests fail',
    })
    expect(log[0]?.stages).toMatchObject({
      event: expect.any(String),
      accepted: expect.any(String),
      grouped: expect.any(String),
      sent: expect.any(String),
    })
  })

  it('that is published again under the same id is told once, and the repeat is in the log', async () => {
    const event = transition({ name: 'Repeated', id: 'repeated-1' })
    await world.publishAlert(event)
    await world.sink.waitForRequest(about('Repeated'))
    // Beyond the stream's duplicate window an id is new to NATS: a publish without it is the same to us.
    await world.publish(subjects.alert('firing', 'Repeated'), JSON.stringify(event))
    const [entry] = await world.waitForDeliveries('reason=repeat&channel=webhook', 1)
    expect(entry).toMatchObject({ outcome: 'suppressed', fingerprints: [event.fingerprint] })
    expect(states('Repeated')).toEqual(['firing'])
  })

  it('of medium or high severity waits for others of its name', async () => {
    for (const instance of ['a', 'b', 'c'])
      await world.publishAlert(
        transition({ name: 'Grouped', severity: 'high', labels: { instance }, timeMs: Date.now() }),
      )
    await world.sink.waitForRequest(about('Grouped'))
    expect(bodiesAbout('Grouped')[0]).toMatchObject({
      status: 'firing',
      groupLabels: { alertname: 'Grouped', severity: 'high' },
      alerts: [{ labels: { instance: 'a' } }, { labels: { instance: 'b' } }, { labels: { instance: 'c' } }],
    })
    for (const instance of ['a', 'b', 'c'])
      await world.publishAlert(
        transition({
          name: 'Grouped',
          severity: 'high',
          state: 'resolved',
          labels: { instance },
          timeMs: Date.now(),
        }),
      )
    await waitFor(() => states('Grouped').includes('resolved'))
  })

  it('that ended before its group was told stays unsaid', async () => {
    const facts = { name: 'Brief', severity: 'medium', timeMs: Date.now() + 60_000 } as const
    await world.publishAlert(transition(facts))
    await world.publishAlert(transition({ ...facts, state: 'resolved' }))
    await world.waitForDeliveries('reason=never_notified&channel=webhook', 1)
    await world.publishAlert(transition({ name: 'AfterBrief', severity: 'medium', timeMs: Date.now() }))
    await world.sink.waitForRequest(about('AfterBrief'))
    expect(states('Brief')).toEqual([])
  })

  it('of low severity comes with the next digest, together with messages', async () => {
    await world.publishAlert(transition({ name: 'Minor', severity: 'low' }))
    await world.publish(
      subjects.notificationRequest,
      JSON.stringify({ title: 'MinorMessage', severity: 'low' }),
    )
    const titles = () =>
      world.sink.requests
        .filter((r) => r.body.includes('"digest"'))
        .flatMap((r) => (r.json() as { entries: { title: string }[] }).entries)
        .map((e) => e.title)
    await waitFor(() => titles().includes('Minor') && titles().includes('MinorMessage'))
    expect(
      titles()
        .filter((title) => title.startsWith('Minor'))
        .sort(),
    ).toEqual(['Minor', 'MinorMessage'])
  })
})

describe('a message', () => {
  it('published by hand needs a title only', async () => {
    await world.publish(subjects.notificationRequest, '{"title":"ByHand"}')
    const request = await world.sink.waitForRequest(about('ByHand'))
    expect(request.json()).toMatchObject({
      kind: 'message',
      title: 'ByHand',
      severity: 'medium',
      metadata: {},
    })
  })

  it('posted twice under one id is sent once', async () => {
    const post = () =>
      fetch(`${world.service.url}/api/v1/notify`, {
        method: 'POST',
        body: JSON.stringify({ id: 'posted-1', title: 'Posted', severity: 'critical' }),
      })
    expect((await post()).status).toBe(202)
    expect(await (await post()).json()).toEqual({ id: 'posted-1' })
    await world.publish(subjects.notificationRequest, '{"title":"AfterPosted"}')
    await world.sink.waitForRequest(about('AfterPosted'))
    expect(world.sink.requests.filter(about('Posted'))).toHaveLength(1)
  })
})

describe('what is malformed', () => {
  it('is refused with its reason, kept, and holds nothing up', async () => {
    await world.publish(subjects.alert('firing', 'Bad'), '{"state":"firing"')
    await world.publish(subjects.alert('firing', 'Bad'), '{"state":"burning"}')
    const post = await fetch(`${world.service.url}/api/monitoring/alerts`, {
      method: 'POST',
      body: '{"version":"3"}',
    })
    expect(post.status).toBe(400)
    expect(await post.json()).toMatchObject({
      error: { code: 'invalid_schema', message: expect.stringContaining('version') },
    })
    await world.publishAlert(transition({ name: 'AfterBad' }))
    await world.sink.waitForRequest(about('AfterBad'))
    const answer = await fetch(`${world.service.url}/api/v1/dead-letters`)
    const { deadLetters } = (await answer.json()) as {
      deadLetters: { reason: string; body: string; subject: string }[]
    }
    expect(deadLetters).toMatchObject([
      { reason: 'invalid_schema', subject: '/api/monitoring/alerts', body: '{"version":"3"}' },
      { reason: 'invalid_schema', body: '{"state":"burning"}' },
      { reason: 'invalid_json', body: '{"state":"firing"' },
    ])
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text()
    expect(metrics).toContain(
      'tocsin_notifier_inputs_total{input="alertmanager",action="refused",reason="invalid_schema"} 1',
    )
    expect(metrics).toContain('tocsin_notification_latency_seconds_count{channel="webhook"}')
  })
})

describe('a channel', () => {
  it('that hangs delays no other', async () => {
    world.sink.answer({ hang: true })
    await world.publishAlert(transition({ name: 'Hanging' }))
    await world.slack.waitForMessage((message) => String(message.payload['text']).includes('Hanging'))
    await world.waitForDeliveries('channel=webhook&reason=timeout', 1)
  })

  it('that fails gets it later, after what came before it in its group', async () => {
    const statuses = [503, 503]
    world.sink.answerWith((request) => ({ status: (about('Failing')(request) && statuses.shift()) || 200 }))
    await world.publishAlert(transition({ name: 'Failing' }))
    await world.publishAlert(transition({ name: 'Failing', state: 'resolved' }))
    await waitFor(() => states('Failing').includes('resolved'), { timeoutMs: 10_000 })
    expect(states('Failing')).toEqual(['firing', 'firing', 'firing', 'resolved'])
    const attempts = await world.waitForDeliveries(
      'channel=webhook&groupKey=' +
        encodeURIComponent('{}/critical:{alertname="Failing", severity="critical"}'),
      4,
    )
    expect(attempts.map(({ outcome, attempt }) => [outcome, attempt]).reverse()).toEqual([
      ['failed', 1],
      ['failed', 2],
      ['delivered', 3],
      ['delivered', 1],
    ])
  })

  it('that refuses for good leaves a dead letter with the whole notification', async () => {
    world.sink.answer(404)
    await world.publishAlert(transition({ name: 'Refused' }))
    await world.waitForDeliveries('channel=webhook&outcome=dead', 1)
    const letters = async () => {
      const answer = await fetch(`${world.service.url}/api/v1/dead-letters?reason=http_404`)
      return ((await answer.json()) as { deadLetters: { body: string }[] }).deadLetters
    }
    await waitFor(async () => (await letters()).length === 1)
    expect(JSON.parse((await letters())[0]?.body ?? '')).toMatchObject({ kind: 'alerts', channel: 'webhook' })
    await waitFor(
      async () =>
        (await world.bus.jsm.streams.info('OUTBOX', { subjects_filter: subjects.outbox('webhook') })).state
          .subjects?.[subjects.outbox('webhook')] === undefined,
      { timeoutMs: 10_000 },
    )
  })
})
