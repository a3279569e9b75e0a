import { describe, expect, it } from 'vitest'
import type { ChannelKind } from '../../policy/policy.ts'
import { channelKinds } from '../registry.ts'
import { withGlobals } from './globals.ts'
import { httpConfig } from './http-config.ts'
import { maskGlobals, maskItem } from './mask-secrets.ts'

function kindOf(kind: ChannelKind) {
  const definition = channelKinds.find((one) => one.kind === kind)
  if (!definition) throw new Error(`no ${kind}`)
  return definition
}

/** What is wrong with settings, each with its place. */
function faultsOf(kind: ChannelKind, raw: unknown): string[] {
  const { error } = kindOf(kind).settings.safeParse(raw)
  return error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []
}

describe('settings of a channel', () => {
  it('has one kind for each key, and no secret that it does not know as one', () => {
    const keys = channelKinds.map(({ configKey }) => configKey)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { kind, configKey, secretFields } of channelKinds) {
      expect(configKey).toBe(`${kind}_configs`)
      expect(secretFields.length).toBeGreaterThan(0)
    }
  })

  it.each([
    ['slack', {}, 'api_url is missing: set api_url or api_url_file, here or as global.slack_api_url'],
    ['slack', { api_url: 'hooks.slack.com' }, 'api_url a URL that begins with http:// or https://'],
    [
      'slack',
      { api_url: 'https://x.example', app_token: 'x' },
      'app_token is not supported: make an incoming',
    ],
    [
      'email',
      { to: 'a@example.com' },
      'smarthost is missing: set smarthost, here or as global.smtp_smarthost',
    ],
    ['email', { to: 'a@b.c', from: 'x@y.z', smarthost: 'mail' }, 'smarthost the mail server and its port'],
    ['pagerduty', { service_key: 'x' }, 'service_key is not supported: Events API v1'],
    ['telegram', { bot_token: 'x', chat_id: 'team' }, 'chat_id the number of a chat'],
    [
      'opsgenie',
      { api_key: 'x', responders: [{ type: 'team' }] },
      'responders.0.id is missing: set id or name',
    ],
    ['ntfy', { topic: 'my topic' }, 'topic a topic of at most 64'],
    ['webhook', { url: 'https://x.example', url_file: '/x' }, 'url_file stands beside url: set one of'],
    [
      'webhook',
      { url: 'https://x.example', http_config: { oauth2: {} } },
      'http_config.oauth2.token_url is missing: set token_url',
    ],
    [
      'webhook',
      {
        url: 'https://x.example',
        http_config: { oauth2: { client_id: 'x', token_url: 'https://x.example' } },
      },
      'http_config.oauth2.client_secret is missing: set client_secret or client_secret_file',
    ],
  ] as const)('of %s says what is wrong with %j', (kind, raw, fault) => {
    expect(faultsOf(kind, raw).join('\n')).toContain(fault)
  })

  it('refuses what it does not know', () => {
    expect(faultsOf('discord', { webhook_url: 'https://x.example', colour: 'red' })).toHaveLength(1)
  })

  it('takes numbers for texts, as YAML writes them', () => {
    expect(kindOf('ntfy').settings.parse({ topic: 12345, priority: 4 })).toMatchObject({
      topic: '12345',
      priority: '4',
    })
  })
})

describe('http_config', () => {
  const who = { client_id: 'tocsin', client_secret: 's3cret', token_url: 'https://x.example/token' }

  it.each([
    [{ basic_auth: { username: 'u' }, bearer_token: 't' }, 'stands beside basic_auth: set one of'],
    [{ authorization: { type: 'Basic', credentials: 'x' } }, 'use basic_auth'],
    [{ headers: { 'X Key': 's3cret' } }, 'a header name, without spaces'],
    [{ tls_config: { cert_file: '/x' } }, 'the certificate is set'],
    [{ proxy_url: 'socks5://localhost' }, 'a URL that begins with http'],
    [{ oauth2: { ...who, token_url: 'https://u:s3cret@x.example/' } }, 'a URL without a login'],
    [{ oauth2: { ...who, client_secret_file: '/x' } }, 'stands beside client_secret: set one of'],
    [{ oauth2: who, bearer_token: 't' }, 'stands beside bearer_token: set one of'],
    [{ oauth2: who, headers: { authorization: 's3cret' } }, 'stands beside oauth2: set one of'],
  ])('says what is wrong with %j', (raw, fault) => {
    const said = JSON.stringify(httpConfig.safeParse(raw).error?.issues)
    expect(said).toContain(fault)
    expect(said).not.toContain('s3cret')
  })
})

describe('what an item takes from global', () => {
  it('is what it lacks', () => {
    const item = { to: 'a@example.com', from: 'own@example.com' }
    const global = { smtp_from: 'all@example.com', smtp_smarthost: 'mail:25', smtp_require_tls: false }
    expect(withGlobals(kindOf('email'), item, global)).toEqual({
      to: 'a@example.com',
      from: 'own@example.com',
      smarthost: 'mail:25',
      require_tls: false,
    })
  })

  it('is not a secret beside one that the item has in a file', () => {
    const global = { slack_api_url: 'https://hooks.slack.com/x' }
    expect(withGlobals(kindOf('slack'), { api_url_file: '/x' }, global)).toEqual({ api_url_file: '/x' })
    expect(withGlobals(kindOf('slack'), {}, global)).toEqual({ api_url: 'https://hooks.slack.com/x' })
  })
})

describe('what is shown of a configuration', () => {
  it('has none of its secrets, and all the rest', () => {
    const shown = maskItem(kindOf('webhook'), {
      url: 'https://x.example/s3cret',
      max_alerts: 5,
      http_config: {
        basic_auth: { username: 'me', password: 's3cret' },
        proxy_url: 'http://me:s3cret@proxy:3128',
        http_headers: { 'X-Key': { secrets: ['s3cret'], values: ['seen'] } },
        headers: { Authorization: 's3cret' },
        tls_config: { key: 's3cret', ca_file: '/ca.pem' },
        oauth2: {
          client_id: 'me',
          client_secret: 's3cret',
          endpoint_params: { assertion: 's3cret' },
          proxy_url: 'http://me:s3cret@proxy:3128',
          tls_config: { key: 's3cret' },
        },
      },
    })
    expect(JSON.stringify(shown)).not.toContain('s3cret')
    expect(shown).toMatchObject({
      url: '<secret>',
      max_alerts: 5,
      http_config: {
        basic_auth: { username: 'me', password: '<secret>' },
        http_headers: { 'X-Key': { secrets: ['<secret>'], values: ['seen'] } },
        tls_config: { key: '<secret>', ca_file: '/ca.pem' },
      },
    })
  })

  it('hides the secrets of global as well', () => {
    const global = {
      smtp_from: 'a@example.com',
      smtp_auth_password: 's3cret',
      slack_api_url: 's3cret',
      opsgenie_api_url: 'https://api.eu.opsgenie.com/',
      opsgenie_api_key: 's3cret',
      telegram_bot_token: 's3cret',
      smtp_tls_config: { key: 's3cret' },
      http_config: { bearer_token: 's3cret' },
    }
    const shown = maskGlobals(channelKinds, global)
    expect(JSON.stringify(shown)).not.toContain('s3cret')
    expect(shown).toMatchObject({
      smtp_from: 'a@example.com',
      opsgenie_api_url: 'https://api.eu.opsgenie.com/',
    })
  })
})
