import { webhookBody } from '@tocsin/contract'
import { systemClock } from '@tocsin/runtime'
import { startHttpSink, startSlack, startSmtp } from '@tocsin/testkit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNet } from '../src/channels/net/net.ts'
import { createChannel, integrationsOfEnv } from '../src/channels/registry.ts'
import { attemptSend } from '../src/delivery/attempt-send.ts'
import type { Channel } from '../src/delivery/channel.ts'
import { notifierEnv } from '../src/env.ts'
import { alertsNotification, messageNotification } from './samples/events.ts'

const net = createNet({ allowPrivate: true })
const channelsOf = (variables: Readonly<Record<string, string>>) =>
  integrationsOfEnv(notifierEnv.parse(variables)).map((one) =>
    createChannel(one, { clock: systemClock, net }),
  )

/** The one channel that these variables configure. */
function channelOf(variables: Readonly<Record<string, string>>): Channel {
  const [channel] = channelsOf(variables)
  if (!channel) throw new Error('nothing is configured')
  return channel
}

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})
const signal = new AbortController().signal

describe('the webhook channel', () => {
  it('sends alerts as Alertmanager does, with the method and headers of the environment', async () => {
    const sink = await startHttpSink()
    stops.push(sink.stop)
    const channel = channelOf({
      WEBHOOK_URL: `${sink.url}/in?key=1`,
      WEBHOOK_METHOD: 'PUT',
      WEBHOOK_HEADERS: '{"Authorization":"Bearer t0ken"}',
    })
    const event = alertsNotification('webhook')
    await channel.send(event, { signal })
    const [request] = sink.requests
    expect(request).toMatchObject({ method: 'PUT', path: '/in?key=1' })
    expect(request?.headers).toMatchObject({ authorization: 'Bearer t0ken', 'idempotency-key': event.id })
    expect(webhookBody.parse(request?.json())).toEqual(request?.json())
    expect(request?.json()).toMatchObject({ version: '4', alerts: [{ endsAt: '0001-01-01T00:00:00Z' }] })
  })

  it('takes a header of the environment in place of its own, however its name is spelt', async () => {
    const sink = await startHttpSink()
    stops.push(sink.stop)
    const channel = channelOf({
      WEBHOOK_URL: sink.url.replace('//', '//user:pass@'),
      WEBHOOK_HEADERS: '{"authorization":"Bearer t0ken","content-type":"application/x.alerts+json"}',
    })
    await channel.send(alertsNotification('webhook'), { signal })
    expect(sink.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer t0ken',
      'content-type': 'application/x.alerts+json',
    })
  })

  it('waits as long as the receiver asks for', async () => {
    const sink = await startHttpSink()
    stops.push(sink.stop)
    sink.answer({ status: 429, headers: { 'Retry-After': '7' } })
    const outcome = await channelOf({ WEBHOOK_URL: sink.url }).send(alertsNotification('webhook'), { signal })
    expect(outcome).toMatchObject({ result: 'retry', retryAfterMs: 7000 })
  })

  it('does not follow a redirect, which would turn the call into another one', async () => {
    const sink = await startHttpSink()
    stops.push(sink.stop)
    sink.answer({ status: 302, headers: { location: 'http://elsewhere.example/' } })
    const outcome = await channelOf({ WEBHOOK_URL: sink.url }).send(alertsNotification('webhook'), { signal })
    expect(outcome).toMatchObject({ result: 'refused', reason: 'http_302' })
  })
})

describe('the Slack channel', () => {
  it('speaks in the channel, by the name and with the icon of the environment', async () => {
    const slack = await startSlack()
    stops.push(slack.stop)
    const channel = channelOf({
      SLACK_WEBHOOK_URL: slack.url,
      SLACK_CHANNEL: '#monitoring',
      SLACK_USERNAME: 'Monitoring Bot',
      SLACK_ICON: ':robot:',
    })
    await channel.send(alertsNotification('slack'), { signal })
    expect(slack.messages[0]?.payload).toMatchObject({
      channel: '#monitoring',
      username: 'Monitoring Bot',
      icon_emoji: ':robot:',
    })
  })

  it('waits as long as Slack asks for', async () => {
    const slack = await startSlack()
    stops.push(slack.stop)
    slack.failNext({ status: 429, headers: { 'Retry-After': '3' } })
    const outcome = await channelOf({ SLACK_WEBHOOK_URL: slack.url }).send(messageNotification('slack'), {
      signal,
    })
    expect(outcome).toMatchObject({ result: 'retry', retryAfterMs: 3000 })
  })

  it('stays within the limits of Slack, however much there is to say', async () => {
    const slack = await startSlack()
    stops.push(slack.stop)
    const [alert] = alertsNotification('slack').alerts
    if (!alert) throw new Error('the sample has an alert')
    const long = { ...alert, annotations: { summary: '<&>'.repeat(300), description: '&'.repeat(5000) } }
    const alerts = Array.from({ length: 200 }, (_, i) => ({
      ...long,
      status: i % 2 ? ('firing' as const) : ('resolved' as const),
    }))
    const outcome = await channelOf({ SLACK_WEBHOOK_URL: slack.url }).send(
      alertsNotification('slack', { alerts }),
      { signal },
    )
    expect(outcome).toEqual({ result: 'delivered', reason: 'ok' })
  })
})

describe('the e-mail channel', () => {
  it('puts a resolve into the thread of its alert', async () => {
    const smtp = await startSmtp()
    stops.push(smtp.stop)
    const channel = channelOf({
      SMTP_HOST: smtp.host,
      SMTP_PORT: String(smtp.port),
      EMAIL_TO: 'a@example.com, b@example.com',
      EMAIL_FROM: 'Tocsin <tocsin@example.com>',
    })
    stops.push(channel.close)
    await channel.send(alertsNotification('email'), { signal })
    await channel.send(alertsNotification('email', { status: 'resolved' }), { signal })
    const [alert, resolve] = smtp.mails
    expect(alert?.subject).toBe('[FIRING:1] HighErrorRate — Too many requests fail')
    expect(resolve?.subject).toBe('[RESOLVED] HighErrorRate — Too many requests fail')
    expect(alert?.envelope.to).toEqual(['a@example.com', 'b@example.com'])
    expect(alert?.references).toEqual(resolve?.references)
    expect(alert?.messageId).not.toBe(resolve?.messageId)
    expect(alert?.text).toContain('12 % of the requests')
  })

  it('escapes what comes from labels and annotations, and links to nothing but web pages', async () => {
    const smtp = await startSmtp()
    stops.push(smtp.stop)
    const channel = channelOf({
      SMTP_HOST: smtp.host,
      SMTP_PORT: String(smtp.port),
      EMAIL_TO: 'a@example.com',
    })
    stops.push(channel.close)
    const evil = {
      alertname: '<script>alert(1)</script>',
      severity: 'critical',
      'x"onload="y': '<img src=x onerror=1>',
    }
    const annotations = {
      summary: 'a\r\nBcc: all@example.com',
      description: '</td><b>',
      runbook_url: 'javascript:alert(1)',
    }
    const [alert] = alertsNotification('email').alerts
    if (!alert) throw new Error('the sample has an alert')
    const alerts = [{ ...alert, labels: evil, annotations, generatorURL: 'data:text/html,x' }]
    await channel.send(
      alertsNotification('email', { alerts, commonLabels: evil, commonAnnotations: annotations }),
      { signal },
    )
    const [mail] = smtp.mails
    const html = String(mail?.html)
    for (const mark of ['<script', '<img', '<b>', 'javascript:', 'data:text', '"onload="'])
      expect(html).not.toContain(mark)
    expect(mail?.envelope.to).toEqual(['a@example.com'])
    expect(mail?.subject).not.toMatch(/[\r\n]/)
  })

  it('does not send again what a slow server took after the attempt was cut off', async () => {
    const smtp = await startSmtp()
    stops.push(smtp.stop)
    const channel = channelOf({
      SMTP_HOST: smtp.host,
      SMTP_PORT: String(smtp.port),
      EMAIL_TO: 'a@example.com',
    })
    stops.push(channel.close)
    smtp.behave({ acceptAfterMs: 200 }, 'hang')
    const event = alertsNotification('email')
    const attempt = () => attemptSend(channel, event, { clock: systemClock, timeoutMs: 100 })
    expect(await attempt()).toMatchObject({ result: 'retry', reason: 'timeout' })
    await smtp.waitForMail()
    await vi.waitFor(async () => expect(await attempt()).toMatchObject({ result: 'delivered' }), 15_000)
    expect(smtp.mails).toHaveLength(1)
  })

  it('tries again when the login is refused, since that is mended in the configuration', async () => {
    const smtp = await startSmtp({ auth: { user: 'u', pass: 'right' } })
    stops.push(smtp.stop)
    const channel = channelOf({
      SMTP_HOST: smtp.host,
      SMTP_PORT: String(smtp.port),
      EMAIL_TO: 'a@example.com',
      SMTP_USER: 'u',
      SMTP_PASS: 'wrong',
    })
    stops.push(channel.close)
    expect(await channel.send(alertsNotification('email'), { signal })).toMatchObject({
      result: 'retry',
      reason: 'smtp_login',
    })
  })
})

describe('the environment', () => {
  it('says when a header of the environment is none', () => {
    const variables = { WEBHOOK_URL: 'https://example.com', WEBHOOK_HEADERS: '{"X Key":"s3cret"}' }
    expect(() => channelOf(variables)).toThrow(/^(?=[\s\S]*WEBHOOK_HEADERS)(?![\s\S]*s3cret)/)
  })

  it('configures what the environment names, and nothing else', () => {
    const names = (variables: Record<string, string>) =>
      channelsOf(variables).map((channel) => {
        channel.close()
        return channel.name
      })
    const mail = { SMTP_HOST: 'localhost', EMAIL_TO: 'a@example.com' }
    expect(names({})).toEqual([])
    expect(names(mail)).toEqual(['email'])
    expect(names({ ...mail, EMAIL_NOTIFICATIONS_ENABLED: 'false' })).toEqual([])
    expect(
      names({ ...mail, SLACK_WEBHOOK_URL: 'https://hooks.slack.com/x', WEBHOOK_URL: 'https://example.com' }),
    ).toEqual(['email', 'slack', 'webhook'])
  })

  it('says what is missing for e-mail that is asked for', () => {
    expect(() => channelsOf({ EMAIL_NOTIFICATIONS_ENABLED: 'true' })).toThrow(/SMTP_HOST[\s\S]*EMAIL_TO/)
  })
})
