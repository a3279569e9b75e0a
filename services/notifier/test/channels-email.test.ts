import { createNotificationTemplates } from '@tocsin/templates'
import { type Smtp, type SmtpOptions, startSmtp } from '@tocsin/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { Channel } from '../src/delivery/channel.ts'
import { channelWith } from './far-ends.ts'
import { alertsNotification, messageNotification } from './samples/events.ts'

const signal = new AbortController().signal
const templates = createNotificationTemplates([], () => 0)

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function start(options: SmtpOptions, raw: object): Promise<{ smtp: Smtp; channel: Channel }> {
  const smtp = await startSmtp(options)
  const settings = {
    to: 'team@example.com',
    from: 'tocsin@example.com',
    smarthost: `localhost:${smtp.port}`,
    ...raw,
  }
  const channel = channelWith('email', settings, templates)
  stops.push(() => smtp.stop(), channel.close)
  return { smtp, channel }
}

describe('email_configs', () => {
  it.each(['PLAIN', 'LOGIN'] as const)('logs in by %s', async (method) => {
    const auth = { user: 'u', pass: 'p4ss', method }
    const login = { auth_username: 'u', auth_password: 'p4ss', require_tls: false }
    const { smtp, channel } = await start({ auth }, login)
    expect(await channel.send(alertsNotification('email'), { signal })).toMatchObject({ result: 'delivered' })
    expect(smtp.mails[0]).toMatchObject({ user: 'u' })
  })

  it('logs in by CRAM-MD5 with its secret', async () => {
    const auth = { user: 'u', pass: 's3cret', method: 'CRAM-MD5' } as const
    const login = { auth_username: 'u', auth_secret: 's3cret', require_tls: false }
    const { smtp, channel } = await start({ auth }, login)
    expect(await channel.send(alertsNotification('email'), { signal })).toMatchObject({ result: 'delivered' })
    expect(smtp.mails[0]).toMatchObject({ user: 'u' })
  })

  it('sends nothing without TLS unless it is told to', async () => {
    const { smtp, channel } = await start({}, {})
    expect(await channel.send(alertsNotification('email'), { signal })).toMatchObject({
      result: 'retry',
      reason: 'tls',
    })
    expect(smtp.attempts).toBe(0)
  })

  it('speaks TLS with a server that it trusts, and with no other', async () => {
    const { smtp, channel } = await start({ startTls: true }, { tls_config: { insecure_skip_verify: true } })
    expect(await channel.send(alertsNotification('email'), { signal })).toMatchObject({ result: 'delivered' })
    const strict = channelWith('email', {
      to: 'team@example.com',
      from: 'tocsin@example.com',
      smarthost: `localhost:${smtp.port}`,
    })
    stops.push(strict.close)
    expect(await strict.send(alertsNotification('email'), { signal })).toMatchObject({
      result: 'retry',
      reason: 'tls',
    })
    expect(smtp.mails).toHaveLength(1)
  })

  it('has the addresses, headers and parts of its templates, escaped in HTML', async () => {
    const { smtp, channel } = await start(
      {},
      {
        require_tls: false,
        to: '{{ .CommonLabels.service }}@example.com, all@example.com',
        headers: {
          Subject: '{{ .Status }}: {{ .CommonLabels.alertname }}',
          'X-Team': '{{ .CommonLabels.severity }}',
        },
        html: '<p>{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}</p>',
        text: '',
      },
    )
    const annotations = { summary: 'a < b' }
    const alerts = alertsNotification('email').alerts.map((alert) => ({ ...alert, annotations }))
    await channel.send(alertsNotification('email', { alerts }), { signal })
    const [mail] = smtp.mails
    expect(mail?.envelope.to).toEqual(['shop@example.com', 'all@example.com'])
    expect(mail?.subject).toBe('firing: HighErrorRate')
    expect(mail?.headers.get('x-team')).toBe('critical')
    expect(String(mail?.html).trim()).toBe('<p>a &lt; b</p>')
    await channel.send(messageNotification('email', { metadata: { service: 'ci' } }), { signal })
    expect(smtp.mails[1]).toMatchObject({
      subject: '[HIGH] Deployment Complete',
      envelope: { to: ['ci@example.com', 'all@example.com'] },
    })
  })

  it('says why it cannot be sent when the addresses are none', async () => {
    const { channel } = await start({}, { require_tls: false, to: '{{ .CommonLabels.owner }}' })
    const outcome = await channel.send(alertsNotification('email'), { signal })
    expect(outcome).toMatchObject({ result: 'refused', reason: 'invalid_address' })
  })
})
