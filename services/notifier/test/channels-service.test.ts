import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failOnLeaks, type HttpSink, startHttpSink, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transition } from './samples/events.ts'
import { startWorld, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

const SECRET = 'x-s3cret-x'

/** Every kind of HTTP channel at one sink, each with a secret, some of them in a file. */
const configOf = (url: string, folder: string) => `
route:
  receiver: everyone
  group_by: [alertname]
  group_wait: 10ms
  group_interval: 50ms
receivers:
  - name: everyone
    slack_configs: [{ api_url: '${url}/slack/${SECRET}', send_resolved: true }]
    webhook_configs: [{ url: '${url}/webhook/${SECRET}', http_config: { headers: { X-Key: ${SECRET} } } }]
    pagerduty_configs: [{ routing_key: ${SECRET}, url: '${url}/pagerduty/enqueue' }]
    opsgenie_configs: [{ api_key: ${SECRET}, api_url: '${url}/opsgenie' }]
    msteams_configs: [{ webhook_url: '${url}/msteams/${SECRET}' }]
    msteamsv2_configs: [{ webhook_url: '${url}/msteamsv2/?sig=${SECRET}' }]
    discord_configs: [{ webhook_url_file: '${folder}/discord' }]
    telegram_configs: [{ api_url: '${url}/telegram', bot_token_file: '${folder}/telegram', chat_id: 1 }]
    ntfy_configs: [{ url: '${url}/ntfy', topic: alerts, token: ${SECRET} }]
`
const kinds = [
  'slack',
  'webhook',
  'pagerduty',
  'opsgenie',
  'msteams',
  'msteamsv2',
  'discord',
  'telegram',
  'ntfy',
]

let folder: string
let sink: HttpSink
let world: World
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-channels-'))
  sink = await startHttpSink()
  await writeFile(join(folder, 'discord'), `${sink.url}/discord/${SECRET}\n`)
  await writeFile(join(folder, 'telegram'), `${SECRET}\n`)
  const file = join(folder, 'notifier.yml')
  await writeFile(file, configOf(sink.url, folder))
  world = await startWorld({ NOTIFIER_CONFIG: file, NOTIFY_SEND_TIMEOUT: '30s' })
}, 60_000)
afterAll(async () => {
  await world.stop()
  await sink.stop()
  await rm(folder, { recursive: true })
})

describe('the notifier with every kind of channel', () => {
  it('tells each of an alert and of its end, once more after each has failed, and never says a secret', async () => {
    const failed = new Set<string>()
    sink.answerWith(({ path, headers, body }) => {
      const kind = path.split('/')[1] ?? ''
      if (failed.has(kind)) return { status: 200 }
      failed.add(kind)
      return { status: 503, body: `no ${path} ${JSON.stringify(headers)} ${body}` }
    })
    await world.publishAlert(transition({ timeMs: Date.now() }))
    await world.waitForDeliveries('outcome=delivered', kinds.length, 60_000)
    await world.publishAlert(transition({ state: 'resolved', timeMs: Date.now() }))
    const delivered = await world.waitForDeliveries('outcome=delivered', 2 * kinds.length, 60_000)
    const channels = (entries: typeof delivered) => [...new Set(entries.map(({ channel }) => channel))].sort()
    const wanted = kinds.map((kind) => `everyone-${kind}`).sort()
    expect(channels(delivered)).toEqual(wanted)
    const attempts = await world.deliveries('outcome=failed')
    expect(channels(attempts)).toEqual(wanted)
    for (const { reason, detail } of attempts) {
      expect(reason).toBe('http_503')
      expect(detail).toContain('***')
    }
    const status = await (await fetch(`${world.service.url}/api/v2/status`)).text()
    expect(status).toContain('<secret>')
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text()
    const logs = () => world.service.logs.map((line) => JSON.stringify(line)).join('\n')
    await waitFor(() => logs().includes('will try again'))
    for (const said of [JSON.stringify(delivered), JSON.stringify(attempts), status, metrics, logs()])
      expect(said).not.toContain(SECRET)
  }, 120_000)

  it('shows what it would send, and tries a receiver, without a secret', async () => {
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${world.service.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(answer.status).toBe(200)
      return answer.text()
    }
    const preview = await post('/api/v1/notify/preview', { labels: { alertname: 'Shown', severity: 'high' } })
    for (const kind of kinds) expect(preview).toContain(`everyone-${kind}`)
    sink.answerWith(({ path, headers, body }) => ({
      status: 404,
      body: `no ${path} ${JSON.stringify(headers)} ${body}`,
    }))
    const tried = await post('/api/v1/notify/test', { receiver: 'everyone' })
    expect(tried).toContain('http_404')
    for (const said of [preview, tried]) expect(said).not.toContain(SECRET)
  }, 60_000)
})
