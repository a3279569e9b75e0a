import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '@tocsin/runtime'
import { type HttpSink, startHttpSink, testClock } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createNet } from '../src/channels/net/net.ts'
import { channelKinds, createChannel } from '../src/channels/registry.ts'
import type { Channel } from '../src/delivery/channel.ts'
import type { ChannelKind } from '../src/policy/policy.ts'
import { channelConformance } from './channel-conformance.ts'
import { startHttpService } from './far-ends.ts'
import { alertsNotification } from './samples/events.ts'
import { startTlsFront } from './tls-front.ts'
import { CLIENT, startTokenServer, type TokenServer } from './token-server.ts'

let tokens: TokenServer
beforeAll(async () => {
  tokens = await startTokenServer()
})
afterAll(() => tokens.stop())

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** What takes nothing without a token that is good. */
let service: HttpSink
/** A server of tokens that answers as told. */
let granter: HttpSink
beforeEach(async () => {
  service = await startHttpSink()
  granter = await startHttpSink()
  stops.push(
    () => service.stop(),
    () => granter.stop(),
  )
  service.answerWith(async ({ headers }) => ({
    status: (await tokens.isGood(headers['authorization'])) ? 200 : 401,
  }))
})

interface Made {
  readonly kind?: ChannelKind
  readonly settings?: object
  readonly clock?: Clock
  readonly allowPrivate?: boolean
}

function channelBehind(oauth2: object, made: Made = {}): Channel {
  const { kind = 'webhook', settings = { url: service.url }, clock = systemClock, allowPrivate = true } = made
  const definition = channelKinds.find((one) => one.kind === kind)
  const raw = {
    ...settings,
    http_config: { oauth2: { client_id: 'tocsin', client_secret: CLIENT.secret, ...oauth2 } },
  }
  const integration = {
    channel: kind,
    type: kind,
    sendResolved: true,
    settings: definition?.settings.parse(raw),
  }
  const channel = createChannel(integration, { clock, net: createNet({ allowPrivate }) })
  stops.push(() => channel.close())
  return channel
}

const send = (channel: Channel, signal = new AbortController().signal) =>
  channel.send(alertsNotification(channel.name), { signal })
const granted = (token: string, more: object = {}) => ({
  body: JSON.stringify({ access_token: token, token_type: 'Bearer', ...more }),
})
const shown = () => service.requests.map(({ headers }) => headers['authorization'])

describe('a channel with oauth2', () => {
  it.each<[ChannelKind, (url: string) => object]>([
    ['webhook', (url) => ({ url })],
    ['slack', (url) => ({ api_url: url })],
    ['pagerduty', (url) => ({ routing_key: 'k', url })],
    ['opsgenie', (url) => ({ api_key: 'k', api_url: url })],
    ['msteams', (url) => ({ webhook_url: url })],
    ['msteamsv2', (url) => ({ webhook_url: url })],
    ['discord', (url) => ({ webhook_url: url })],
    ['telegram', (url) => ({ api_url: url, bot_token: 't', chat_id: 1 })],
    ['ntfy', (url) => ({ url, topic: 'alerts' })],
  ])('of %s asks for one token, however many notifications wait for it', async (kind, settingsAt) => {
    const before = tokens.asked()
    const settings = settingsAt(service.url)
    const channel = channelBehind({ client_id: CLIENT.id, token_url: tokens.url }, { kind, settings })
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(channel)))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ result: 'delivered', reason: 'ok' })
    expect(tokens.asked() - before).toBe(1)
    expect(new Set(shown()).size).toBe(1)
  })

  it('says who it is in the body where the server wants it there, and remembers that', async () => {
    granter.answerWith(({ headers, body }) => {
      if (headers['authorization'] !== undefined) return { status: 401, body: '{"error":"invalid_client"}' }
      const { client_id, client_secret } = Object.fromEntries(new URLSearchParams(body))
      const isKnown = client_id === CLIENT.id && client_secret === CLIENT.secret
      return isKnown ? granted(`t${granter.requests.length}`) : { status: 400 }
    })
    service.answer(200, 401, 200)
    const channel = channelBehind({ client_id: CLIENT.id, token_url: granter.url })
    expect(await send(channel)).toMatchObject({ result: 'delivered' })
    expect(granter.requests).toHaveLength(2)
    expect(await send(channel)).toMatchObject({ result: 'delivered' })
    expect(granter.requests).toHaveLength(3)
  })

  it('asks again when its token was taken back, within the same attempt and once for all', async () => {
    const channel = channelBehind({ client_id: CLIENT.id, token_url: tokens.url })
    await send(channel)
    await tokens.revoke(shown()[0])
    const before = tokens.asked()
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => send(channel)))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ result: 'delivered' })
    expect(tokens.asked() - before).toBe(1)
  })

  it('gives up where a new token is refused as well, and keeps few of them', async () => {
    service.answer(401)
    let number = 0
    granter.answerWith(() => granted(`t0ken-${number++}`))
    const channel = channelBehind({ token_url: granter.url })
    for (let i = 0; i < 20; i++)
      expect(await send(channel)).toMatchObject({ result: 'refused', reason: 'http_401' })
    expect(granter.requests).toHaveLength(21)
    expect(channel.secrets.filter((secret) => secret.startsWith('t0ken')).length).toBeLessThanOrEqual(8)
    expect(channel.secrets).toContain('t0ken-20')
  })

  it('asks for what it is told to ask for', async () => {
    granter.answer(granted('t'))
    const endpoint_params = { audience: 'https://hooks.example', 'a b': 'c&d' }
    await send(
      channelBehind({ token_url: `${granter.url}/v1/token?tenant=7`, scopes: ['a', 'b'], endpoint_params }),
    )
    const [asked] = granter.requests
    expect(asked).toMatchObject({ method: 'POST', path: '/v1/token?tenant=7' })
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b',
      ...endpoint_params,
    })
  })

  it('shows a token until shortly before it ends, and one without an end until it is refused', async () => {
    service.answer(200)
    granter.answer(
      granted('first', { expires_in: 60 }),
      granted('second', { expires_in: '4' }),
      granted('third'),
    )
    const clock = testClock()
    const channel = channelBehind({ token_url: granter.url }, { clock })
    for (const ms of [0, 49_000, 1000, 1500, 500, 1e9, 0]) {
      await clock.advance(ms)
      await send(channel)
    }
    const names = ['first', 'first', 'second', 'second', 'third', 'third', 'third']
    expect(shown()).toEqual(names.map((name) => `Bearer ${name}`))
  })

  it('reads its secret anew from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-oauth2-'))
    stops.push(() => rm(folder, { recursive: true }))
    const file = join(folder, 'secret')
    const who = { client_id: CLIENT.id, client_secret: undefined, client_secret_file: file }
    const clock = testClock()
    const channel = channelBehind({ ...who, token_url: tokens.url }, { clock })
    expect(await send(channel)).toMatchObject({ result: 'retry', reason: 'secret_file' })
    await writeFile(file, 'wrong\n')
    await clock.advance(1000)
    expect(await send(channel)).toMatchObject({ result: 'retry', reason: 'oauth2_token' })
    await writeFile(file, `${CLIENT.secret}\n`)
    await clock.advance(1000)
    expect(await send(channel)).toMatchObject({ result: 'delivered' })
    expect(channel.secrets).toContain(CLIENT.secret)
  })

  it('trusts the server of tokens as told, and shows it its certificate', async () => {
    service.answer(200)
    granter.answer(granted('t0ken'))
    const front = await startTlsFront(granter.url, { path: '/in', login: 'tocsin:s3cret' })
    stops.push(() => front.stop())
    const { ca, cert, key } = front.files
    const oauth2 = { client_secret: 's3cret', token_url: `https://${front.host}/in/token` }
    const tls_config = { ca_file: ca, cert_file: cert, key_file: key }
    expect(await send(channelBehind({ ...oauth2, tls_config }))).toMatchObject({ result: 'delivered' })
    expect(await send(channelBehind(oauth2))).toMatchObject({ result: 'retry', reason: 'oauth2_token' })
    expect(granter.requests).toHaveLength(1)
  })

  it('shows nothing to a server that the configured one points to', async () => {
    service.answer(200)
    const first = await startHttpSink()
    stops.push(() => first.stop())
    first.answer({ status: 307, headers: { location: service.url } })
    granter.answer(granted('t0ken'))
    await send(channelBehind({ token_url: granter.url }, { settings: { url: first.url } }))
    expect(first.requests[0]?.headers).toMatchObject({ authorization: 'Bearer t0ken' })
    expect(shown()).toEqual([undefined])
  })
})

describe('no token', () => {
  const detailOf = async (channel: Channel) => {
    const outcome = await send(channel)
    expect(outcome).toMatchObject({ result: 'retry', reason: 'oauth2_token' })
    return outcome.detail ?? ''
  }

  it.each([
    [
      'a refusal',
      {
        status: 401,
        body: JSON.stringify({ error: 'invalid_client', error_description: `who is ${CLIENT.secret}?` }),
      },
      'HTTP 401, invalid_client: who is ***?',
    ],
    ['a failure', { status: 500, body: 'oh\nno' }, 'HTTP 500, oh no'],
    ['a page', { body: '<html>log in</html>' }, 'its answer holds none'],
    ['a token that is none', granted('two words'), 'its answer holds none'],
    [
      'a move',
      { status: 308, headers: { location: 'https://elsewhere.example/token?key=1' } },
      'it points to https://elsewhere.example/token: configure that address as token_url',
    ],
    ['a reset', { reset: true }, 'other side closed'],
  ])('from %s is tried again, with the reason and without a secret', async (_what, answer, why) => {
    granter.answer(answer)
    const detail = await detailOf(channelBehind({ token_url: `${granter.url}/token?key=k3y` }))
    expect(detail).toBe(`no token from ${granter.url}/token: ${why}`)
    expect(service.requests).toHaveLength(0)
  })

  it('is had again as soon as the server is well', async () => {
    service.answer(200)
    granter.answer(503, granted('t'))
    const clock = testClock()
    const channel = channelBehind({ token_url: granter.url }, { clock })
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(channel)))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ result: 'retry', reason: 'oauth2_token' })
    expect(granter.requests).toHaveLength(1)
    await clock.advance(500)
    expect(await send(channel)).toMatchObject({ result: 'delivered' })
  })

  it('is not asked for before the server wants to be asked', async () => {
    granter.answer({ status: 429, headers: { 'retry-after': '7' } })
    const outcome = await send(channelBehind({ token_url: granter.url }))
    expect(outcome).toMatchObject({ result: 'retry', reason: 'oauth2_token', retryAfterMs: 7000 })
  })

  it('is waited for no longer than a while', async () => {
    granter.answer({ hang: true })
    const clock = testClock()
    const sending = detailOf(channelBehind({ token_url: granter.url }, { clock }))
    await granter.waitForRequest()
    await clock.advance(5000)
    expect(await sending).toBe(`no token from ${granter.url}/: no answer within 5 s`)
  })

  it('keeps nobody else from it who is told to stop waiting', async () => {
    service.answer(200)
    let answer = (_: object) => {}
    granter.answerWith(() => new Promise((resolve) => (answer = resolve)))
    const channel = channelBehind({ token_url: granter.url })
    const stopping = new AbortController()
    const stopped = send(channel, stopping.signal)
    const goingOn = send(channel)
    await granter.waitForRequest(() => true).catch(() => {})
    stopping.abort()
    expect(await stopped).toMatchObject({ result: 'retry', reason: 'timeout', detail: /token/ })
    answer(granted('t'))
    expect(await goingOn).toMatchObject({ result: 'delivered' })
    expect(granter.requests).toHaveLength(1)
  })

  it('is asked for at no private address where channels must not go there', async () => {
    const url = 'https://hooks.example/'
    const channel = channelBehind({ token_url: granter.url }, { settings: { url }, allowPrivate: false })
    expect(await send(channel)).toMatchObject({ result: 'refused', reason: 'target_private' })
    const named = channelBehind(
      { token_url: granter.url.replace('127.0.0.1', 'localhost') },
      { settings: { url }, allowPrivate: false },
    )
    expect(await send(named)).toMatchObject({ result: 'refused', reason: 'target_private' })
    expect(granter.requests).toHaveLength(0)
    const proxied = { token_url: granter.url, proxy_url: 'http://proxy.example:3128' }
    expect(() => channelBehind(proxied, { allowPrivate: false })).toThrow(/WEBHOOK_ALLOW_PRIVATE/)
  })
})

channelConformance({
  name: 'webhook behind oauth2',
  start: () =>
    startHttpService({
      kind: 'webhook',
      secrets: ['w3b-s3cret', CLIENT.secret],
      settings: (url) => ({
        url: `${url}/hooks/w3b-s3cret`,
        http_config: {
          oauth2: { client_id: CLIENT.id, client_secret: CLIENT.secret, token_url: tokens.url },
        },
      }),
    }),
  reasons: { 'refuse for good': 'http_404', 'refuse for now': 'http_429', fail: 'http_503' },
  waitMs: 7000,
})
