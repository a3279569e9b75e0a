import type { ReceivedRequest } from '@tocsin/testkit'
import { channelConformance } from './channel-conformance.ts'
import { type HttpService, startHttpService, startMailService } from './far-ends.ts'

const jsonField = (name: string) => (request: ReceivedRequest) =>
  String((request.json() as Readonly<Record<string, unknown>>)[name])

const services: readonly HttpService[] = [
  {
    kind: 'webhook',
    secrets: ['w3b-s3cret', 't0ken-1234'],
    settings: (url) => ({
      url: `${url}/hooks/w3b-s3cret`,
      http_config: { authorization: { credentials: 't0ken-1234' } },
    }),
    thread: jsonField('groupKey'),
  },
  {
    kind: 'slack',
    secrets: ['T0000/B0000/s3cret-slack'],
    settings: (url) => ({ api_url: `${url}/services/T0000/B0000/s3cret-slack` }),
  },
  {
    kind: 'pagerduty',
    secrets: ['r0uting-key-s3cret'],
    settings: (url) => ({ routing_key: 'r0uting-key-s3cret', url: `${url}/v2/enqueue` }),
    thread: jsonField('dedup_key'),
    taken: { status: 202, body: '{"status":"success"}' },
  },
  {
    kind: 'opsgenie',
    secrets: ['genie-s3cret'],
    settings: (url) => ({ api_key: 'genie-s3cret', api_url: url }),
    thread: (request) => /alerts\/(\w+)\/close/.exec(request.path)?.[1] ?? jsonField('alias')(request),
    taken: { status: 202, body: '{"result":"Request will be processed"}' },
  },
  {
    kind: 'msteams',
    secrets: ['te4ms-s3cret'],
    settings: (url) => ({ webhook_url: `${url}/webhookb2/te4ms-s3cret` }),
    taken: { status: 200, body: '1' },
  },
  {
    kind: 'msteamsv2',
    secrets: ['w0rkflow-s3cret'],
    settings: (url) => ({ webhook_url: `${url}/workflows/1/triggers/manual?sig=w0rkflow-s3cret` }),
    taken: { status: 202 },
  },
  {
    kind: 'discord',
    secrets: ['disc0rd-s3cret'],
    settings: (url) => ({ webhook_url: `${url}/api/webhooks/1/disc0rd-s3cret` }),
    taken: { status: 204 },
    limited: {
      status: 429,
      body: '{"message":"You are being rate limited.","retry_after":7.0,"global":false}',
    },
  },
  {
    kind: 'telegram',
    secrets: ['123:b0t-s3cret'],
    settings: (url) => ({ api_url: url, bot_token: '123:b0t-s3cret', chat_id: -100123 }),
    limited: { status: 429, body: '{"ok":false,"error_code":429,"parameters":{"retry_after":7}}' },
  },
  {
    kind: 'ntfy',
    secrets: ['tk_ntfy-s3cret'],
    settings: (url) => ({ url, topic: 'alerts', token: 'tk_ntfy-s3cret' }),
    thread: jsonField('sequence_id'),
  },
]

for (const service of services)
  channelConformance({
    name: service.kind,
    start: () => startHttpService(service),
    reasons: { 'refuse for good': 'http_404', 'refuse for now': 'http_429', fail: 'http_503' },
    waitMs: 7000,
  })

channelConformance({
  name: 'email',
  start: startMailService,
  reasons: { 'refuse for good': 'smtp_550', 'refuse for now': 'smtp_450', fail: 'smtp_451' },
  waitMs: undefined,
})
