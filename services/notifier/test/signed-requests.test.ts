import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

failOnLeaks({ beforeAll, afterAll })

const SECRET = 'shared-s3cret'

let nats: Server
let service: ServiceUnderTest
let folder: string
beforeAll(async () => {
  nats = await startNats()
  folder = await mkdtemp(join(tmpdir(), 'tocsin-signed-'))
  service = await startService('notifier', {
    NATS_URL: nats.url,
    NOTIFIER_HMAC_SECRET: SECRET,
    NOTIFIER_HMAC_WINDOW: '1m',
  })
}, 120_000)
afterAll(async () => {
  await service.stop()
  await nats.stop()
  await rm(folder, { recursive: true })
})

interface Request {
  readonly method?: string
  readonly path: string
  readonly body?: string
}

interface Signing {
  readonly secret?: string
  readonly ageSeconds?: number
  /** What is signed, where that is not what is sent. */
  readonly signed?: string
}

async function ask(
  { method = 'POST', path, body }: Request,
  { secret = SECRET, ageSeconds = 0, signed = body ?? `${method} ${path}` }: Signing = {},
) {
  const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds)
  const signature = createHmac('sha256', secret).update(`${timestamp}.${signed}`).digest('hex')
  const headers = { 'X-Tocsin-Timestamp': timestamp, 'X-Tocsin-Signature': `sha256=${signature}` }
  const answer = await fetch(`${service.url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  })
  return { status: answer.status, said: await answer.text() }
}

const message = JSON.stringify({ title: 'Signed', severity: 'high' })
const webhook = JSON.stringify({
  version: '4',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'tocsin',
  groupLabels: {},
  commonLabels: { alertname: 'Signed' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'Signed' },
      annotations: {},
      startsAt: '2026-03-01T12:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: '0123456789abcdef',
    },
  ],
})
const intakes: readonly [Request, number][] = [
  [{ path: '/api/v1/notify', body: message }, 202],
  [{ path: '/api/monitoring/alerts', body: webhook }, 200],
]

describe('a signed request', () => {
  it.each(intakes)('to $path is taken', async (request, status) => {
    expect(await ask(request)).toMatchObject({ status })
    expect(await ask(request, { ageSeconds: 30 })).toMatchObject({ status })
    expect(await ask(request, { ageSeconds: -30 })).toMatchObject({ status })
  })

  it.each<[string, Signing, RegExp]>([
    ['was signed with another secret', { secret: 'another' }, /must be sha256= and the HMAC/],
    ['is old', { ageSeconds: 90 }, /too far from ours/],
    ['is of a time to come', { ageSeconds: -90 }, /too far from ours/],
    [
      'was changed on its way',
      { signed: message.replace('Signed', 'Other') },
      /must be sha256= and the HMAC/,
    ],
    ['is signed as if it had no body', { signed: 'POST /api/v1/notify' }, /must be sha256= and the HMAC/],
  ])('that %s is refused, by every intake, and comes to nothing', async (_what, signing, why) => {
    for (const [{ path, body = '' }] of intakes) {
      const { status, said } = await ask({ path, body: body.replaceAll('Signed', 'Refused') }, signing)
      expect(status).toBe(401)
      expect(said).toMatch(why)
      expect(said).not.toContain(SECRET)
    }
    const id = `after-${crypto.randomUUID()}`
    await ask({ path: '/api/v1/notify', body: JSON.stringify({ id, title: 'After', severity: 'high' }) })
    const log = async () => (await fetch(`${service.url}/api/v1/deliveries?limit=1000`)).text()
    // Nobody is configured to be told, and the log says so of everything that was taken in.
    await waitFor(async () => (await log()).includes(id))
    expect(await log()).not.toContain('Refused')
  })

  it('is needed by what is not signed at all', async () => {
    for (const [{ path, body = '' }] of intakes) {
      const answer = await fetch(`${service.url}${path}`, { method: 'POST', body })
      expect(answer.status).toBe(401)
      expect(await answer.text()).toContain('NOTIFIER_HMAC_SECRET')
    }
  })

  it('without a body is taken for its own method and path alone', async () => {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString()
    const silence = JSON.stringify({ matchers: ['a=b'], by: 'ann', comment: 'x', endsAt })
    const made = await ask({ path: '/api/v1/silences', body: silence })
    expect(made.status).toBe(201)
    const { id } = JSON.parse(made.said) as { id: string }
    const remove = { method: 'DELETE', path: `/api/v1/silences/${id}` }
    expect((await ask(remove, { signed: 'DELETE /api/v1/silences/other' })).status).toBe(401)
    expect((await ask(remove, { signed: `GET ${remove.path}` })).status).toBe(401)
    expect((await ask(remove)).status).toBe(200)
  })

  it('is what the webhook of another notifier sends', async () => {
    const file = join(folder, 'notifier.yml')
    const url = `${service.url}/api/monitoring/alerts`
    await writeFile(
      file,
      `
route:
  receiver: right
  group_wait: 0s
  routes: [{ receiver: right, continue: true }, { receiver: wrong }]
receivers:
  - { name: right, webhook_configs: [{ url: '${url}', hmac_secret: ${SECRET} }] }
  - { name: wrong, webhook_configs: [{ url: '${url}', hmac_secret: another }] }
`,
    )
    const sender = await startService('notifier', {
      NATS_URL: nats.url,
      NATS_SUBJECT_PREFIX: 'sender',
      NOTIFIER_CONFIG: file,
    })
    try {
      const alert = { labels: { alertname: 'Forwarded', severity: 'critical' } }
      await fetch(`${sender.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([alert]),
      })
      const outcomes = async () => {
        const answer = await fetch(`${sender.url}/api/v1/deliveries?alertname=Forwarded`)
        const { deliveries } = (await answer.json()) as {
          deliveries: { receiver: string; outcome: string; reason: string }[]
        }
        return deliveries.map(({ receiver, outcome, reason }) => `${receiver} ${outcome} ${reason}`).sort()
      }
      await waitFor(async () => (await outcomes()).length === 2, { timeoutMs: 30_000 })
      expect(await outcomes()).toEqual(['right delivered ok', 'wrong dead http_401'])
    } finally {
      await sender.stop()
    }
  }, 60_000)
})
