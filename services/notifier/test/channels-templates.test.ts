import { createNotificationTemplates } from '@tocsin/templates'
import { type HttpSink, startHttpSink } from '@tocsin/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChannelKind } from '../src/policy/policy.ts'
import { channelWith } from './far-ends.ts'
import { alertsNotification, messageNotification } from './samples/events.ts'
import { hostileAlerts } from './samples/hostile.ts'

const templates = createNotificationTemplates(
  [
    {
      name: 'team.tmpl',
      text: '{{ define "team.title" }}{{ .Status | toUpper }} {{ .CommonLabels.alertname }}{{ end }}',
    },
  ],
  () => 0,
)
const signal = new AbortController().signal

let sink: HttpSink
beforeEach(async () => {
  sink = await startHttpSink()
})
afterEach(() => sink.stop())

async function sent(kind: ChannelKind, raw: object, event = alertsNotification(kind)) {
  const channel = channelWith(kind, raw, templates)
  const outcome = await channel.send(event, { signal })
  channel.close()
  expect(outcome).toEqual({ result: 'delivered', reason: 'ok' })
  return sink.requests.at(-1)?.json() as Readonly<Record<string, unknown>>
}

describe('templates of a configuration', () => {
  const title = '{{ template "team.title" . }}'

  it.each([
    ['slack', () => ({ api_url: sink.url, title }), { attachments: [{ title: 'FIRING HighErrorRate' }] }],
    ['discord', () => ({ webhook_url: sink.url, title }), { embeds: [{ title: 'FIRING HighErrorRate' }] }],
    ['msteams', () => ({ webhook_url: sink.url, title }), { title: 'FIRING HighErrorRate' }],
    ['ntfy', () => ({ url: sink.url, topic: 'a', title }), { title: 'FIRING HighErrorRate' }],
    [
      'telegram',
      () => ({ api_url: sink.url, bot_token: 't', chat_id: 1, message: title }),
      { text: 'FIRING HighErrorRate' },
    ],
    [
      'opsgenie',
      () => ({ api_key: 'k', api_url: sink.url, message: title }),
      { message: 'FIRING HighErrorRate' },
    ],
    [
      'pagerduty',
      () => ({
        routing_key: 'k',
        url: sink.url,
        description: title,
        details: { region: '{{ .CommonLabels.region }}' },
      }),
      {
        payload: { summary: 'FIRING HighErrorRate', custom_details: { region: 'eu-west-1', num_firing: 1 } },
      },
    ],
  ] as const)('are what a %s says', async (kind, raw, wanted) => {
    expect(await sent(kind, raw())).toMatchObject(wanted)
  })

  it('are the body of a webhook, for messages as well', async () => {
    const body =
      '{"text": {{ .CommonAnnotations.summary | toJson }}, "team": {{ .CommonLabels.severity | toJson }}}'
    expect(await sent('webhook', { url: sink.url, body })).toEqual({
      text: 'Too many requests fail',
      team: 'critical',
    })
    const channel = channelWith('webhook', { url: sink.url, body }, templates)
    await channel.send(messageNotification('webhook', { title: 'Say "hi"' }), { signal })
    channel.close()
    expect(sink.requests.at(-1)?.json()).toEqual({ text: 'Say "hi"', team: 'high' })
  })

  it('decide where it goes, by labels of alerts and severity of messages', async () => {
    const raw = { api_url: sink.url, channel: '#{{ .CommonLabels.severity }}' }
    expect(await sent('slack', raw)).toMatchObject({ channel: '#critical' })
    const channel = channelWith('slack', raw, templates)
    await channel.send(messageNotification('slack'), { signal })
    channel.close()
    expect(sink.requests.at(-1)?.json()).toMatchObject({ channel: '#high' })
  })

  it('may call someone themselves; what labels say does not', async () => {
    const raw = { api_url: sink.url, text: '<!here> {{ .CommonLabels.mention }}' }
    const { attachments } = await sent('slack', raw, hostileAlerts('slack'))
    expect(attachments).toMatchObject([
      { text: '<!here> &lt;!channel> &lt;@U123> @everyone @here &lt;@&42> <at>all</at>' },
    ])
  })

  it('are escaped where Telegram reads HTML, and shown bare where they are too long for it', async () => {
    const raw = {
      api_url: sink.url,
      bot_token: 't',
      chat_id: 1,
      message: '<b>{{ .CommonLabels.alertname }}</b>',
    }
    const event = hostileAlerts('telegram')
    expect(await sent('telegram', raw, event)).toMatchObject({
      text: '<b>&lt;script&gt;alert(1)&lt;/script&gt;</b>',
    })
    const long = await sent('telegram', { ...raw, message: '<b>{{ .CommonLabels.long }}</b>' }, event)
    expect(long).not.toHaveProperty('parse_mode')
    expect(String(long['text'])).toHaveLength(4096)
  })
})
