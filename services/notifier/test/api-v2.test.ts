import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startAlertmanager,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

failOnLeaks({ beforeAll, afterAll })

const CONFIG = `
route:
  receiver: default
  group_by: [alertname, severity]
  group_wait: 10s
  group_interval: 10s
receivers: [{ name: default }]
`

let nats: Server
let service: ServiceUnderTest
let alertmanager: Server
beforeAll(async () => {
  ;[nats, alertmanager] = await Promise.all([startNats(), startAlertmanager({ config: CONFIG })])
  service = await startService('notifier', { NATS_URL: nats.url })
})
afterAll(async () => {
  await service.stop()
  await Promise.all([alertmanager.stop(), nats.stop()])
})

interface Ask {
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
}

interface Told {
  readonly status: number
  readonly body: unknown
}

async function ask(
  url: string,
  { method = 'GET', path, body, type = 'application/json' }: Ask,
): Promise<Told> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const init = body === undefined ? {} : { body: text, headers: { 'content-type': type } }
  const answer = await fetch(`${url}${path}`, { method, ...init })
  const told = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json') && told !== ''
  return { status: answer.status, body: isJson ? JSON.parse(told) : told }
}

/** What a body has, without what no two servers have in common. */
function shapeOf(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(shapeOf)
  if (typeof body !== 'object' || body === null) return body
  // What Alertmanager has had since: the version that runs here is older.
  const { mutedBy: _since, ...rest } = body as Record<string, unknown>
  const different = ['id', 'silenceID', 'updatedAt', 'startsAt', 'endsAt', 'message']
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      different.includes(name) ? typeof value : shapeOf(value),
    ]),
  )
}

/** What both answer; told of the texts that they differ in. */
async function both(asked: Ask): Promise<readonly [Told, Told]> {
  const [theirs, ours] = await Promise.all([ask(alertmanager.url, asked), ask(service.url, asked)])
  return [
    { status: theirs.status, body: shapeOf(theirs.body) },
    { status: ours.status, body: shapeOf(ours.body) },
  ]
}

const minutes = (n: number) => new Date(Date.now() + n * 60_000).toISOString()
const silence = (change: object = {}) => ({
  matchers: [{ name: 'alertname', value: 'Quiet', isRegex: false }],
  startsAt: minutes(0),
  endsAt: minutes(60),
  createdBy: 'ann',
  comment: 'deploy',
  ...change,
})
const post = (path: string, body: unknown): Ask => ({ method: 'POST', path, body })

describe('what is wrong with a request is answered as Alertmanager answers it', () => {
  it.each<[string, Ask]>([
    ['a path that is not there', { path: '/api/v2/nothing' }],
    ['a method that is not there', { method: 'DELETE', path: '/api/v2/silences' }],
    ['an id that is none', { path: '/api/v2/silence/x' }],
    [
      'a body that is a form',
      { ...post('/api/v2/silences', '{}'), type: 'application/x-www-form-urlencoded' },
    ],
    ['a silence that is not JSON', post('/api/v2/silences', '{')],
    ['a silence that is empty', post('/api/v2/silences', {})],
    ['a silence that is a list', post('/api/v2/silences', [])],
    ['a silence without matchers', post('/api/v2/silences', silence({ matchers: [] }))],
    [
      'a matcher without isRegex',
      post('/api/v2/silences', silence({ matchers: [{ name: 'a', value: 'b' }] })),
    ],
    ['a time that is none', post('/api/v2/silences', silence({ startsAt: 'x' }))],
    ['alerts that are no list', post('/api/v2/alerts', {})],
    ['an alert without labels', post('/api/v2/alerts', [{}])],
    ['an alert with no labels in it', post('/api/v2/alerts', [{ labels: {} }])],
    ['an alert whose labels are all empty', post('/api/v2/alerts', [{ labels: { a: '' } }])],
    ['a label that is a number', post('/api/v2/alerts', [{ labels: { a: 1 } }])],
    [
      'an alert that ends before it begins',
      post('/api/v2/alerts', [{ labels: { a: 'b' }, startsAt: minutes(5), endsAt: minutes(1) }]),
    ],
    [
      'a time of an alert that is none',
      post('/api/v2/alerts', [{ labels: { a: 'b' }, startsAt: 'yesterday' }]),
    ],
    [
      'an address that is none',
      post('/api/v2/alerts', [{ labels: { a: 'b' }, generatorURL: 'not an address' }]),
    ],
    ['no alerts', post('/api/v2/alerts', [])],
    ['null for alerts', post('/api/v2/alerts', 'null')],
    ['the receivers', { path: '/api/v2/receivers' }],
    ['whether it is healthy', { path: '/-/healthy' }],
    ['whether it is ready', { path: '/-/ready' }],
  ])('%s', async (_, asked) => {
    const [theirs, ours] = await both(asked)
    expect(ours).toEqual(theirs)
  })

  it.each<[string, Ask, number]>([
    [
      'a silence of everything',
      post('/api/v2/silences', silence({ matchers: [{ name: 'a', value: '', isRegex: false }] })),
      400,
    ],
    [
      'a silence with a bad expression',
      post('/api/v2/silences', silence({ matchers: [{ name: 'a', value: '(', isRegex: true }] })),
      400,
    ],
    [
      'a silence that is over',
      post('/api/v2/silences', silence({ startsAt: minutes(-9), endsAt: minutes(-5) })),
      400,
    ],
    ['a silence that ends before it begins', post('/api/v2/silences', silence({ endsAt: minutes(-5) })), 400],
    ['a silence that is not there', post('/api/v2/silences', silence({ id: 'x' })), 404],
    ['a filter that is none', { path: '/api/v2/alerts?filter=zzz' }, 400],
    ['a filter that is none, of silences', { path: '/api/v2/silences?filter=zzz' }, 400],
    ['a receiver that is no expression', { path: '/api/v2/alerts/groups?receiver=(' }, 400],
  ])('%s, in words of its own', async (_, asked, status) => {
    const [theirs, ours] = await both(asked)
    expect([theirs.status, ours.status]).toEqual([status, status])
    expect([typeof theirs.body, typeof ours.body]).toEqual(['string', 'string'])
  })
})

describe('silences and alerts are shown as Alertmanager shows them', () => {
  it('field for field, by every filter', async () => {
    const alerts = [
      {
        labels: { alertname: 'Loud', severity: 'high', env: 'prod', empty: '' },
        annotations: { summary: 's', none: '' },
        generatorURL: 'http://p/g',
      },
      { labels: { alertname: 'Loud', severity: 'high', env: 'test' } },
      { labels: { alertname: 'Quiet', severity: 'medium' }, startsAt: minutes(-10), endsAt: minutes(10) },
      { labels: {} },
      { labels: { alertname: 'Over', severity: 'medium' }, startsAt: minutes(-10), endsAt: minutes(-1) },
    ]
    for (const body of [silence(), silence({ comment: 'later', startsAt: minutes(10) })])
      expect((await both(post('/api/v2/silences', body)))[1]).toMatchObject({ status: 200 })
    const [theirs, ours] = await both(post('/api/v2/alerts', alerts))
    expect([theirs.status, ours.status, ours.body]).toEqual([400, 400, theirs.body])
    const shownAt = async (url: string) =>
      ((await ask(url, { path: '/api/v2/alerts/groups' })).body as unknown[]).length
    await waitFor(async () => (await shownAt(service.url)) === 2 && (await shownAt(alertmanager.url)) === 2)
    const queries = [
      '/api/v2/alerts',
      '/api/v2/alerts?silenced=false',
      '/api/v2/alerts?active=false',
      '/api/v2/alerts?inhibited=false&unprocessed=false',
      '/api/v2/alerts?filter=env%3D%22prod%22',
      '/api/v2/alerts?filter=env!%3D%22prod%22&filter=severity%3D~%22h.*%22',
      '/api/v2/alerts?filter=env%3D%22%22',
      '/api/v2/alerts?receiver=def.*',
      '/api/v2/alerts?receiver=ault',
      '/api/v2/alerts/groups',
      '/api/v2/alerts/groups?silenced=false',
      '/api/v2/alerts/groups?filter=env%3Dprod',
      '/api/v2/alerts/groups?receiver=nobody',
      '/api/v2/silences',
      '/api/v2/silences?filter=alertname%3DQuiet',
      '/api/v2/silences?filter=alertname%3D~Quiet',
    ]
    for (const path of queries) {
      const [expected, found] = await both({ path })
      expect(withoutIds(found), path).toEqual(withoutIds(expected))
    }
  })
})

it('an alert is shown with the end that it was posted with, and with a later one once it is posted again', async () => {
  const labels = { alertname: 'Ending', severity: 'high' }
  const startsAt = minutes(0)
  const shownAt = async (url: string) => {
    const filter = '?filter=alertname%3DEnding'
    const { body: alerts } = await ask(url, { path: `/api/v2/alerts${filter}` })
    const { body: groups } = await ask(url, { path: `/api/v2/alerts/groups${filter}` })
    return [alerts, ...(groups as { alerts: unknown }[]).map((group) => group.alerts)] as {
      endsAt: string
    }[][]
  }
  for (const endsAt of [minutes(60), minutes(120), minutes(180)]) {
    await both(post('/api/v2/alerts', [{ labels, startsAt, endsAt }]))
    for (const { url } of [alertmanager, service])
      await waitFor(async () => {
        const ends = (await shownAt(url)).map((alerts) => alerts.map((alert) => alert.endsAt))
        expect(ends).toEqual([[endsAt], [endsAt]])
        return true
      })
  }
})

/** A silence has an id of its own in each. */
function withoutIds(told: Told): unknown {
  return JSON.parse(JSON.stringify(told).replaceAll(/"silencedBy":\["[^"]+"\]/g, '"silencedBy":["one"]'))
}
