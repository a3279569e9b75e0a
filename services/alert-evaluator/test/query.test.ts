import { type ServiceUnderTest, startService, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './start-world.ts'

let world: World
let evaluator: ServiceUnderTest
let collector: ServiceUnderTest

beforeAll(async () => {
  world = await startWorld()
  await world.writeRules(
    'rules.yml',
    'groups: [{ name: g, rules: [{ alert: High, expr: level > 50, labels: { team: shop } }] }]',
  )
  ;[evaluator, collector] = await Promise.all([
    world.start(),
    startService('collector', { NATS_URL: world.nats.url, OTLP_PORT: '0' }),
  ])
  await world.gauge('level', 60.25)
  await waitFor(async () => (await ask(evaluator, 'ALERTS{alertstate="firing"}')).text.includes('High'))
  await waitFor(async () => (await ask(collector, 'ALERTS{alertstate="firing"}')).text.includes('High'))
}, 60_000)
afterAll(async () => {
  await Promise.all([evaluator?.stop(), collector?.stop()])
  await world?.stop()
})

interface Answer {
  readonly status: number
  readonly text: string
}
async function ask(service: ServiceUnderTest, query: string, more = ''): Promise<Answer> {
  const response = await fetch(`${service.url}/api/v1/query?query=${encodeURIComponent(query)}${more}`)
  return { status: response.status, text: await response.text() }
}

describe('what Grafana asks of the data source of alerts', () => {
  it('is answered as a Prometheus does: the query of its "Test" button, and who it is', async () => {
    const { status, text } = await ask(evaluator, '1+1', '&time=4')
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { status: 'success', data: { resultType: 'scalar', result: [4, '2'] } },
    ])
    const build = await (await fetch(`${evaluator.url}/api/v1/status/buildinfo`)).json()
    // With `features` Grafana would take it for a Mimir, whose rules it can write.
    expect(Object.keys((build as { data: object }).data)).not.toContain('features')
    expect(build).toMatchObject({ status: 'success', data: { version: expect.stringMatching(/^3\.\d/) } })
  })
})

describe('a query of what the rules read', () => {
  it.each([
    'level',
    'sum(level) / 3',
    'ALERTS',
    'level[1m]',
    '"text"',
    'nothing_of_the_kind',
    '1e300',
    'level / 0',
  ])('%s is answered as the collector does', async (query) => {
    const at = `&time=${Date.now() / 1000}`
    const [ours, theirs] = await Promise.all([ask(evaluator, query, at), ask(collector, query, at)])
    expect([ours.status, JSON.parse(ours.text)]).toEqual([theirs.status, JSON.parse(theirs.text)])
  })

  it('comes with the remarks that were made on the way', async () => {
    const { text } = await ask(evaluator, 'histogram_quantile(0.9, level)')
    expect(JSON.parse(text).warnings).toEqual([expect.stringContaining('bucket label "le"')])
  })

  it('needs the login that the environment asks for, as the collector does', async () => {
    const closed = await world.start({ PROMETHEUS_AUTH_TOKEN: 'let-me-in' })
    try {
      expect((await ask(closed, 'level')).status).toBe(401)
      const headers = { authorization: 'Bearer let-me-in' }
      const response = await fetch(`${closed.url}/api/v1/query?query=level`, { headers })
      expect(await response.text()).toContain('"60.25"')
    } finally {
      await closed.stop()
    }
  })

  it('may be posted', async () => {
    const body = new URLSearchParams({ query: 'level' })
    const response = await fetch(`${evaluator.url}/api/v1/query`, { method: 'POST', body })
    expect(await response.text()).toContain('"60.25"')
  })

  it.each([
    ['sum(', '', 400, 'bad_data', 'parse error'],
    ['', '', 400, 'bad_data', 'no expression'],
    ['level', '&time=yesterday', 400, 'bad_data', 'invalid parameter "time"'],
    [
      'level + on () group_left () (vector(1) or label_replace(vector(2), "a", "b", "", ""))',
      '',
      422,
      'execution',
      'many-to-many',
    ],
  ])('%s%s is refused with a reason', async (query, more, status, errorType, reason) => {
    const answer = await ask(evaluator, query, more)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toMatchObject({
      status: 'error',
      errorType,
      error: expect.stringContaining(reason),
    })
  })
})
