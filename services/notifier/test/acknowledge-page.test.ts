import { failOnLeaks, type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { inSeconds, type PostingWorld, postAlerts, startPostingWorld } from './posting-world.ts'
import { transition } from './samples/events.ts'
import { startWorld } from './world.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

const LOGIN = { NOTIFIER_AUTH_USER: 'ann', NOTIFIER_AUTH_PASS: 's3cret' }
const basic = `Basic ${Buffer.from('ann:s3cret').toString('base64')}`

let world: PostingWorld
let open: ServiceUnderTest
let locked: ServiceUnderTest
let tokenOnly: ServiceUnderTest
beforeAll(async () => {
  world = await startPostingWorld('5m')
  open = await world.start()
  locked = await world.start(LOGIN)
  tokenOnly = await world.start({ NOTIFIER_AUTH_TOKEN: 't0ken' })
})
afterAll(() => world.stop())

const acknowledged = async () => {
  const answer = await fetch(`${open.url}/api/v1/acknowledgements`)
  const { acknowledgements } = (await answer.json()) as {
    acknowledgements: { by: string; comment: string; labels: Record<string, string> }[]
  }
  return acknowledgements
}
const nodesOf = async (name: string) =>
  (await acknowledged())
    .filter(({ labels }) => labels['alertname'] === name)
    .map(({ labels }) => labels['node'])
    .sort()

/** Has alerts fire, one a node; resolves once every replica knows of them. */
async function fire(name: string, ...nodes: readonly string[]): Promise<readonly string[]> {
  const alerts = nodes.map((node) => ({
    labels: { alertname: name, node, severity: 'high' },
    annotations: { summary: `<b>${node}</b> & more` },
    endsAt: inSeconds(600),
  }))
  await postAlerts(open.url, alerts)
  let found: { fingerprint: string }[] = []
  for (const { url } of [open, locked, tokenOnly])
    await waitFor(async () => {
      found = (await (await fetch(`${url}/api/v2/alerts?filter=alertname%3D${name}`)).json()) as typeof found
      return found.length === nodes.length
    })
  return found.map(({ fingerprint }) => fingerprint)
}

const pathOf = (query: Readonly<Record<string, string>>) => `/acknowledge?${new URLSearchParams(query)}`
const keysIn = (page: string) =>
  [...page.matchAll(/name="alert" value="([^"]+)"/g)].map(([, key = '']) => key)

async function press(
  service: ServiceUnderTest,
  keys: readonly string[],
  headers: Record<string, string> = {},
) {
  const body = new URLSearchParams({ by: 'Bob <3', comment: 'on it' })
  for (const key of keys) body.append('alert', key)
  return fetch(`${service.url}/acknowledge`, { method: 'POST', body, headers })
}

describe('the page of a link in a notification', () => {
  it('acknowledges nothing when it is opened, whoever opens it', async () => {
    const [fingerprint = ''] = await fire('Opened', 'a')
    const path = pathOf({ fingerprint })
    for (const service of [open, locked, tokenOnly])
      for (const method of ['GET', 'HEAD']) {
        const answer = await fetch(`${service.url}${path}`, { method })
        expect(answer.status).toBe(200)
        expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
        expect(answer.headers.get('cache-control')).toBe('no-store')
      }
    expect(await nodesOf('Opened')).toEqual([])
    const page = await (await fetch(`${open.url}${path}`)).text()
    expect(page).toContain('&lt;b&gt;a&lt;/b&gt; &amp; more')
    expect(page).not.toContain('<b>')
  })

  it('has a button that acknowledges all that it shows, and says so from then on', async () => {
    await fire('Pressed', 'a', 'b')
    const path = pathOf({ groupKey: '{}:{alertname="Pressed"}' })
    const shown = async () => (await fetch(`${locked.url}${path}`)).text()
    expect(await shown()).toContain('<h1>Acknowledge 2 alerts</h1>')
    const done = await press(locked, keysIn(await shown()), {
      authorization: basic,
      'sec-fetch-site': 'same-origin',
      origin: locked.url,
    })
    expect(done.status).toBe(200)
    expect(await done.text()).toContain('Bob &lt;3 sees to these 2 alerts')
    await waitFor(async () => (await nodesOf('Pressed')).length === 2)
    await waitFor(async () => (await shown()).includes('Bob &lt;3 has acknowledged it at'))
    expect(await acknowledged()).toEqual(
      expect.arrayContaining([expect.objectContaining({ by: 'Bob <3', comment: 'on it' })]),
    )
    const log = await fetch(`${open.url}/api/v1/deliveries?reason=acknowledged&alertname=Pressed`)
    expect(((await log.json()) as { deliveries: unknown[] }).deliveries).toHaveLength(2)
  })

  it('takes the login that every acknowledgement takes, and no other', async () => {
    const [fingerprint = ''] = await fire('Locked', 'a')
    const keys = keysIn(await (await fetch(`${locked.url}${pathOf({ fingerprint })}`)).text())
    expect((await press(locked, keys)).status).toBe(401)
    expect((await press(locked, keys, { authorization: 'Basic d3Jvbmc6' })).status).toBe(401)
    expect((await press(tokenOnly, keys)).status).toBe(401)
    expect(await nodesOf('Locked')).toEqual([])
    expect((await press(locked, keys, { authorization: basic })).status).toBe(200)
    await waitFor(async () => (await nodesOf('Locked')).length === 1)
  })

  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['of another origin', { origin: 'https://evil.example' }],
    ['that hides where it is from', { origin: 'null' }],
  ])('takes no form %s, though the browser sends the login along', async (_what, headers) => {
    const [fingerprint = ''] = await fire('Foreign', 'a')
    const keys = keysIn(await (await fetch(`${locked.url}${pathOf({ fingerprint })}`)).text())
    const answer = await press(locked, keys, { authorization: basic, ...headers })
    expect(answer.status).toBe(403)
    expect(await nodesOf('Foreign')).toEqual([])
  })

  it('acknowledges what the person saw, not what has begun since', async () => {
    await fire('Grows', 'a', 'b')
    const path = pathOf({ groupKey: '{}:{alertname="Grows"}' })
    const keys = keysIn(await (await fetch(`${open.url}${path}`)).text())
    expect(keys).toHaveLength(2)
    await postAlerts(open.url, [
      { labels: { alertname: 'Grows', node: 'c', severity: 'high' }, endsAt: inSeconds(600) },
    ])
    await waitFor(async () => keysIn(await (await fetch(`${open.url}${path}`)).text()).length === 3)
    const other = keys.map((key, i) => (i === 0 ? key : key.replace(/ .*/, ' 2020-01-01T00:00:00Z')))
    const said = await (await press(open, other)).text()
    expect(said).toContain('One has ended in the meantime')
    await waitFor(async () => (await nodesOf('Grows')).length === 1)
    expect((await press(open, keys)).status).toBe(200)
    await waitFor(async () => (await nodesOf('Grows')).length === 2)
    expect(await nodesOf('Grows')).toEqual(['a', 'b'])
  })

  it('says what to type where no browser is let in', async () => {
    const [fingerprint = ''] = await fire('Typed', 'a')
    const page = await (await fetch(`${tokenOnly.url}${pathOf({ fingerprint })}`)).text()
    expect(page).toContain(`tocsin ack &#39;${fingerprint}&#39;`)
    expect(page).not.toContain('<form')
  })

  it('says so where there is nothing to acknowledge, or something lacks', async () => {
    const at = async (path: string) => {
      const answer = await fetch(`${open.url}${path}`)
      return `${answer.status} ${/<h1>(.*)<\/h1>/.exec(await answer.text())?.[1]}`
    }
    expect(await at(pathOf({ fingerprint: '0123456789abcdef' }))).toBe('404 Nothing to acknowledge')
    expect(await at(pathOf({ groupKey: '{}:{}' }))).toBe('404 Nothing to acknowledge')
    expect(await at('/acknowledge')).toBe('400 Not acknowledged')
    expect(await at('/acknowledge?fingerprint=a&fingerprint=b')).toBe('400 Not acknowledged')
    expect((await press(open, [])).status).toBe(400)
    expect((await press(open, ['0123456789abcdef 2026-01-01T00:00:00Z'])).status).toBe(404)
  })
})

describe('a link', () => {
  it('stands in the mail and in Slack, and leads to the page, which takes nothing that it cannot store', async () => {
    const told = await startWorld()
    try {
      await told.publishAlert(transition({ name: 'Linked', timeMs: Date.now() }))
      const mail = await told.smtp.waitForMail()
      const message = await told.slack.waitForMessage()
      const [link = ''] = /http[^\s"]+\/acknowledge\?fingerprint=\w+/.exec(String(mail.html)) ?? []
      expect(link).toContain(`:${told.service.port}/acknowledge?`)
      expect(String(mail.text)).toContain(`Acknowledge: ${link}`)
      expect(JSON.stringify(message)).toContain(`<${link}|Acknowledge>`)
      let keys: readonly string[] = []
      await waitFor(async () => {
        keys = keysIn(await (await fetch(link)).text())
        return keys.length === 1
      })
      expect(await (await press(told.service, keys)).text()).toContain('sees to this alert')
      await told.nats.kill()
      let page = ''
      await waitFor(async () => {
        const answer = await press(told.service, keys)
        page = await answer.text()
        return answer.status === 503
      })
      expect(page).toContain('<h1>Not acknowledged</h1>')
      expect(page).toContain('send it again')
      await told.nats.restart()
      await waitFor(async () => (await press(told.service, keys)).status === 200, { timeoutMs: 30_000 })
    } finally {
      await told.stop()
    }
  })
})
