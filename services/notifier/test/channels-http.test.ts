import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OutboxEvent } from '@tocsin/contract'
import { systemClock } from '@tocsin/runtime'
import { type HttpSink, startHttpSink } from '@tocsin/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createNet, type Net, type NetOptions } from '../src/channels/net/net.ts'
import { createChannel } from '../src/channels/registry.ts'
import { webhook } from '../src/channels/webhook.ts'
import type { Channel } from '../src/delivery/channel.ts'
import { checkSignature } from '../src/http/check-signature.ts'
import { channelWith } from './far-ends.ts'
import { alertsNotification, messageNotification } from './samples/events.ts'
import { startTlsFront } from './tls-front.ts'

const signal = new AbortController().signal
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

let sink: HttpSink
beforeEach(async () => {
  sink = await startHttpSink()
  stops.push(() => sink.stop())
})

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tocsin-channels-'))
  stops.push(() => rm(path, { recursive: true }))
  return path
}

/** Sends one notification of alerts through a channel of these settings. */
function send(channel: Channel, event: OutboxEvent = alertsNotification('webhook')) {
  stops.push(() => channel.close())
  return channel.send(event, { signal })
}
const webhookWith = (raw: object) => channelWith('webhook', { url: sink.url, ...raw })

describe('http_config', () => {
  it.each([
    [{ basic_auth: { username: 'u', password: 'p:w' } }, basic('u:p:w')],
    [{ authorization: { credentials: 't0ken' } }, 'Bearer t0ken'],
    [{ authorization: { type: 'ApiKey', credentials: 't0ken' } }, 'ApiKey t0ken'],
    [{ bearer_token: 't0ken' }, 'Bearer t0ken'],
    [{ http_headers: { Authorization: { secrets: ['own'] } } }, 'own'],
    [{ headers: { authorization: 'simple' } }, 'simple'],
  ])('says who we are: %j', async (http_config, authorization) => {
    expect(await send(webhookWith({ http_config }))).toMatchObject({ result: 'delivered' })
    expect(sink.requests[0]?.headers).toMatchObject({ authorization })
  })

  it('reads secrets in files anew for each attempt, so that a renewed one needs no restart', async () => {
    const path = join(await folder(), 'token')
    const channel = webhookWith({ http_config: { authorization: { credentials_file: path } } })
    expect(await send(channel)).toMatchObject({ result: 'retry', reason: 'secret_file' })
    await writeFile(path, 'first\n')
    await send(channel)
    await writeFile(path, 'second\n')
    await send(channel)
    expect(sink.requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer first',
      'Bearer second',
    ])
    expect(channel.secrets).toEqual(expect.arrayContaining(['first', 'second']))
  })

  it('trusts whom it is told to trust, and shows its certificate', async () => {
    const front = await startTlsFront(sink.url, { path: '/in', login: 'u:p' })
    stops.push(() => front.stop())
    const { ca, cert, key } = front.files
    const url = `https://${front.host}/in/hook`
    const http_config = { basic_auth: { username: 'u', password: 'p' } }
    const trusting = { ca_file: ca, cert_file: cert, key_file: key }
    const known = webhookWith({ url, http_config: { ...http_config, tls_config: trusting } })
    expect(await send(known)).toMatchObject({ result: 'delivered' })
    expect(sink.requests[0]).toMatchObject({ path: '/hook' })
    expect(await send(webhookWith({ url, http_config }))).toMatchObject({ result: 'retry', reason: 'tls' })
    const careless = { insecure_skip_verify: true, cert_file: cert, key_file: key }
    const blind = webhookWith({ url, http_config: { ...http_config, tls_config: careless } })
    expect(await send(blind)).toMatchObject({ result: 'delivered' })
  })

  it('goes through a proxy', async () => {
    const asked: string[] = []
    const proxy = createServer((incoming, response) => {
      asked.push(`${incoming.url} ${incoming.headers['proxy-authorization']}`)
      const { method, headers } = incoming
      const onward = request(incoming.url ?? '', { method, headers }, (answer) =>
        answer.pipe(response.writeHead(answer.statusCode ?? 502)),
      )
      onward.on('error', () => response.destroy())
      incoming.pipe(onward)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    stops.push(() => {
      proxy.closeAllConnections()
      return new Promise<void>((resolve) => proxy.close(() => resolve()))
    })
    const { port } = proxy.address() as AddressInfo
    const channel = webhookWith({ http_config: { proxy_url: `http://me:s3cret@127.0.0.1:${port}` } })
    expect(await send(channel)).toMatchObject({ result: 'delivered' })
    expect(asked).toEqual([`${sink.url}/ ${basic('me:s3cret')}`])
    expect(sink.requests).toHaveLength(1)
  })
})

describe('a redirect', () => {
  it('is followed where it repeats the call, as often as makes sense', async () => {
    sink.answer({ status: 308, headers: { location: '/moved' } }, 200)
    expect(await send(webhookWith({}))).toMatchObject({ result: 'delivered' })
    expect(sink.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /', 'POST /moved'])
    expect(sink.requests[1]?.body).toBe(sink.requests[0]?.body)
    sink.answer({ status: 307, headers: { location: '/again' } })
    expect(await send(webhookWith({}))).toMatchObject({ result: 'refused', reason: 'http_307' })
    expect(sink.requests.length).toBeLessThan(20)
  })

  it('is not followed where it would turn the call into another one, nor against the settings', async () => {
    sink.answer({ status: 302, headers: { location: '/page' } })
    expect(await send(webhookWith({}))).toMatchObject({ result: 'refused', reason: 'http_302' })
    sink.answer({ status: 307, headers: { location: '/page' } })
    const stays = webhookWith({ http_config: { follow_redirects: false } })
    expect(await send(stays)).toMatchObject({ result: 'refused', reason: 'http_307' })
    expect(sink.requests).toHaveLength(2)
  })

  it('leads elsewhere without what authorises us', async () => {
    const other = await startHttpSink()
    stops.push(() => other.stop())
    sink.answer({ status: 307, headers: { location: `${other.url}/elsewhere` } })
    const http_config = { bearer_token: 't0ken', headers: { 'X-Key': 's3cret' } }
    expect(await send(webhookWith({ http_config }))).toMatchObject({ result: 'delivered' })
    const { headers, body } = other.requests[0] ?? {}
    expect(headers).not.toHaveProperty('authorization')
    expect(headers).not.toHaveProperty('x-key')
    expect(body).toBe(sink.requests[0]?.body)
  })
})

describe('a target that must be public', () => {
  const guarded = (url: string, lookup?: NetOptions['lookup']) => {
    const net = createNet({ allowPrivate: false, ...(lookup && { lookup }) })
    const settings = webhook.settings.parse({ url })
    return createChannel(
      { channel: 'webhook', type: 'webhook', sendResolved: true, settings },
      { clock: systemClock, net },
    )
  }
  const refused = { result: 'refused', reason: 'target_private' }

  it('is refused by its address, its name, and every way to write these', async () => {
    const { port } = sink
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f000001', '[::1]', '[::ffff:127.0.0.1]'])
      expect(await send(guarded(`http://${host}:${port}/`)), host).toMatchObject(refused)
    expect(sink.requests).toHaveLength(0)
  })

  it('is connected to at the address that was checked, however the name resolves next time', async () => {
    const resolved: string[] = []
    // A name server that turns around: public when it is checked first, this machine from then on.
    const turning = ((_name: string, _options: object, callback: (error: null, found: object[]) => void) => {
      resolved.push(resolved.length === 0 ? '192.0.43.8' : '127.0.0.1')
      callback(null, [{ address: resolved.at(-1), family: 4 }])
    }) as unknown as NonNullable<NetOptions['lookup']>
    const stopping = new AbortController()
    const channel = guarded(`http://rebinding.example:${sink.port}/`, turning)
    stops.push(() => channel.close())
    const sending = channel.send(alertsNotification('webhook'), { signal: stopping.signal })
    await expect.poll(() => resolved.length).toBe(1)
    stopping.abort()
    expect(await sending).toMatchObject({ result: 'retry' })
    expect(await send(channel)).toMatchObject(refused)
    expect(sink.requests).toHaveLength(0)
  })

  it('is connected to at its public addresses only', async () => {
    const both = ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(null, [
        { address: '10.0.0.1', family: 4 },
        { address: '192.0.43.8', family: 4 },
      ])) as unknown as NonNullable<NetOptions['lookup']>
    const net = createNet({ allowPrivate: false, lookup: both })
    const found = await new Promise((resolve) =>
      net.lookup('x.example', { all: true }, (_error, all) => resolve(all)),
    )
    expect(found).toEqual([{ address: '192.0.43.8', family: 4 }])
  })

  describe.each([307, 308])('that answers %i', (status) => {
    const names: Readonly<Record<string, readonly string[]>> = {
      // What stands in for a server of the public internet: the only name whose address nobody checks.
      'public.example': ['127.0.0.1'],
      'inside.example': ['10.0.0.1'],
      'metadata.example': ['169.254.169.254', 'fd00:ec2::254'],
      'loop.example': ['127.0.0.1', '::1'],
    }
    const lookup = ((name: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(
        null,
        (names[name] ?? ['127.0.0.1']).map((address) => ({ address, family: isIP(address) })),
      )) as unknown as NonNullable<NetOptions['lookup']>
    const strict = createNet({ allowPrivate: false, lookup })
    const open = createNet({ allowPrivate: true, lookup })
    const net: Net = {
      ...strict,
      lookup: (name, ...rest) => (name === 'public.example' ? open : strict).lookup(name, ...rest),
    }

    it.each([
      'http://127.0.0.1',
      'http://2130706433',
      'http://[::1]',
      'http://[::ffff:127.0.0.1]',
      'http://10.0.0.1',
      'http://169.254.169.254',
      'http://localhost',
      'http://inside.example',
      'http://metadata.example',
      'http://loop.example',
    ])('and points to %s is not followed there', async (location) => {
      const inside = await startHttpSink()
      stops.push(() => inside.stop())
      sink.answer({ status, headers: { location: `${location}:${inside.port}/latest` } })
      const settings = webhook.settings.parse({ url: `http://public.example:${sink.port}/hook` })
      const integration = { channel: 'webhook', type: 'webhook', sendResolved: true, settings } as const
      expect(await send(createChannel(integration, { clock: systemClock, net }))).toMatchObject(refused)
      expect(sink.requests).toHaveLength(1)
      expect(inside.requests).toHaveLength(0)
    })

    it('and points to itself is followed', async () => {
      sink.answer({ status, headers: { location: '/moved' } }, 200)
      const settings = webhook.settings.parse({ url: `http://public.example:${sink.port}/hook` })
      const integration = { channel: 'webhook', type: 'webhook', sendResolved: true, settings } as const
      expect(await send(createChannel(integration, { clock: systemClock, net }))).toMatchObject({
        result: 'delivered',
      })
      expect(sink.requests.map(({ path }) => path)).toEqual(['/hook', '/moved'])
    })
  })

  it('cannot be reached through a proxy that nobody checks', () => {
    const settings = webhook.settings.parse({
      url: sink.url,
      http_config: { proxy_url: 'http://proxy:3128' },
    })
    const integration = { channel: 'webhook', type: 'webhook', sendResolved: true, settings } as const
    const net = createNet({ allowPrivate: false })
    expect(() => createChannel(integration, { clock: systemClock, net })).toThrow(/WEBHOOK_ALLOW_PRIVATE/)
  })
})

describe('the webhook', () => {
  it('is signed, so that its receiver can check who sent it', async () => {
    await send(webhookWith({ hmac_secret: 's3cret' }))
    const [request] = sink.requests
    const { 'x-tocsin-timestamp': timestamp, 'x-tocsin-signature': signature } = request?.headers ?? {}
    const wanted = createHmac('sha256', 's3cret').update(`${timestamp}.${request?.body}`).digest('hex')
    expect(signature).toBe(`sha256=${wanted}`)
    const how = { secret: 's3cret', windowMs: 60_000, nowMs: Number(timestamp) * 1000 }
    const body = Buffer.from(request?.body ?? '')
    expect(checkSignature({ timestamp, signature, method: 'POST', path: '/', body }, how)).toBeUndefined()
  })

  it('has at most so many alerts, and counts the others', async () => {
    const [alert] = alertsNotification('webhook').alerts
    if (!alert) throw new Error('the sample has an alert')
    const event = alertsNotification('webhook', { alerts: [alert, alert, alert], truncatedAlerts: 4 })
    await send(webhookWith({ max_alerts: 2 }), event)
    expect(sink.requests[0]?.json()).toMatchObject({ alerts: [{}, {}], truncatedAlerts: 5 })
  })

  it('waits no longer than its own timeout', async () => {
    sink.answer({ hang: true })
    expect(await send(webhookWith({ timeout: '100ms' }))).toMatchObject({
      result: 'retry',
      reason: 'timeout',
    })
  })

  it('reads its address from a file', async () => {
    const path = join(await folder(), 'url')
    await writeFile(path, `${sink.url}/s3cret-path\n`)
    const channel = channelWith('webhook', { url_file: path })
    expect(await send(channel)).toMatchObject({ result: 'delivered' })
    expect(sink.requests[0]).toMatchObject({ path: '/s3cret-path' })
    expect(channel.secrets).toContain('/s3cret-path')
    await writeFile(path, 'not an address')
    expect(await send(channel)).toMatchObject({ result: 'retry', reason: 'secret_file' })
  })
})

describe('PagerDuty', () => {
  const pagerduty = () => channelWith('pagerduty', { routing_key: 'k', url: `${sink.url}/v2/enqueue` })

  it('opens an incident that its end closes, and pages nobody for what is only to be known', async () => {
    await send(pagerduty())
    await send(pagerduty(), alertsNotification('pagerduty', { status: 'resolved' }))
    await send(pagerduty(), messageNotification('pagerduty', { severity: 'high' }))
    await send(pagerduty(), messageNotification('pagerduty', { severity: 'low' }))
    const said = sink.requests.map((request) => request.json() as { event_action?: string })
    expect(said.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve', 'trigger', undefined])
    expect(sink.requests.map(({ path }) => path)).toEqual([
      '/v2/enqueue',
      '/v2/enqueue',
      '/v2/enqueue',
      '/v2/change/enqueue',
    ])
    expect(said[0]).toMatchObject({
      payload: {
        summary: '[FIRING:1] HighErrorRate — Too many requests fail',
        severity: 'critical',
        component: 'shop',
      },
      links: [{ text: 'Runbook' }, { text: 'Source' }],
    })
  })
})

describe('Opsgenie', () => {
  it('creates, updates and closes one alert', async () => {
    const channel = channelWith('opsgenie', {
      api_key: 'k',
      api_url: sink.url,
      update_alerts: true,
      responders: [{ type: 'teams', name: 'ops, web' }],
    })
    await send(channel)
    await send(channel, alertsNotification('opsgenie', { status: 'resolved' }))
    const { alias } = z.object({ alias: z.string() }).parse(sink.requests[0]?.json())
    expect(sink.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v2/alerts',
      `PUT /v2/alerts/${alias}/message?identifierType=alias`,
      `PUT /v2/alerts/${alias}/description?identifierType=alias`,
      `POST /v2/alerts/${alias}/close?identifierType=alias`,
    ])
    expect(sink.requests[0]?.headers).toMatchObject({ authorization: 'GenieKey k' })
    expect(sink.requests[0]?.json()).toMatchObject({
      priority: 'P1',
      tags: ['critical'],
      responders: [
        { type: 'team', name: 'ops' },
        { type: 'team', name: 'web' },
      ],
    })
  })
})

describe('a connector of Teams', () => {
  it.each([
    ['429', 'retry'],
    ['413', 'refused'],
    ['503', 'retry'],
  ])('is believed where its 200 speaks of HTTP %s', async (inner, result) => {
    const body = `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${inner} with ContextId x`
    sink.answer({ status: 200, body })
    const outcome = await send(channelWith('msteams', { webhook_url: sink.url }))
    expect(outcome).toMatchObject({ result, reason: `http_${inner}` })
  })
})

describe('Discord', () => {
  it('calls whom the configuration names, and nobody that a label names', async () => {
    const channel = channelWith('discord', { webhook_url: sink.url, content: '<@&42> look' })
    await send(channel)
    expect(sink.requests[0]?.json()).toMatchObject({
      content: '<@&42> look',
      allowed_mentions: { parse: [], roles: ['42'], users: [] },
    })
  })
})

describe('Telegram', () => {
  it('is told in bare text what it cannot read as markup', async () => {
    sink.answer({ status: 400, body: '{"ok":false,"description":"Bad Request: can\'t parse entities"}' }, 200)
    const raw = {
      api_url: sink.url,
      bot_token: 't',
      chat_id: 1,
      message: '<b>broken & <',
      parse_mode: 'HTML',
    }
    expect(await send(channelWith('telegram', raw, { text: String, html: String }))).toMatchObject({
      result: 'delivered',
    })
    expect(sink.requests[1]?.json()).toMatchObject({ chat_id: 1, text: 'broken & <' })
    expect(sink.requests[1]?.json()).not.toHaveProperty('parse_mode')
  })
})

describe('what is configured without a template', () => {
  it('stands in a Slack message as Alertmanager would put it', async () => {
    const channel = channelWith('slack', {
      api_url: sink.url,
      channel: '#ops',
      title: 'Alerts',
      color: 'danger',
      short_fields: true,
      fields: [{ title: 'a', value: 'b' }],
      actions: [{ type: 'button', text: 'Runbook', url: 'https://example.com' }],
    })
    await send(channel)
    await send(channel, messageNotification('slack'))
    expect(sink.requests[0]?.json()).toMatchObject({
      channel: '#ops',
      attachments: [
        {
          title: 'Alerts',
          color: 'danger',
          fields: [{ title: 'a', value: 'b', short: true }],
          actions: [{ text: 'Runbook' }],
        },
      ],
    })
    expect(sink.requests[1]?.json()).toMatchObject({
      channel: '#ops',
      text: expect.stringContaining('Deployment'),
    })
  })

  it('says in the delivery log when a template cannot be expanded, and tells people in our words', async () => {
    const channel = channelWith('ntfy', { url: sink.url, topic: 'alerts', title: '{{ .Oops' })
    expect(await send(channel)).toMatchObject({ result: 'delivered', reason: 'template_failed' })
    expect(sink.requests[0]?.json()).toMatchObject({ title: expect.stringContaining('HighErrorRate') })
    const nowhere = channelWith('ntfy', { url: sink.url, topic: '{{ .Oops' })
    expect(await send(nowhere)).toMatchObject({ result: 'refused', reason: 'invalid_template' })
  })
})
