import type { Bus } from '@tocsin/runtime'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBus } from './open-bus.ts'
import { readValue, scrape } from './read-exposition.ts'
import { readLetters } from './read-letters.ts'

failOnLeaks({ beforeAll, afterAll })

let nats: Server
let bus: Bus
let collector: ServiceUnderTest

beforeAll(async () => {
  nats = await startNats()
  collector = await startService('collector', { NATS_URL: nats.url })
  bus = await openBus(nats.url)
})

afterAll(async () => {
  await bus?.close()
  await collector?.stop()
  await nats?.stop()
})

const publish = (source: string, message: unknown) =>
  bus.publish(bus.subjects.metrics(source), typeof message === 'string' ? message : JSON.stringify(message))

/** Waits until a series has a value on `/metrics`. */
const untilValue = (series: string, value: number) =>
  waitFor(async () => readValue(await scrape(collector.url), series) === value, {
    what: `${series} to be ${value}`,
  })

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${collector.url}/api/v1/${path}`, init)
  return { status: response.status, body: await response.json() }
}

test('an event by hand is on /metrics and answers a query', async () => {
  await publish('shop', {
    name: 'orders_total',
    type: 'counter',
    value: 1,
    labels: { region: 'eu' },
    help: 'Orders.',
  })
  await publish('shop', { name: 'orders_total', type: 'counter', value: 2, labels: { region: 'eu' } })
  await untilValue('orders_total{region="eu"}', 3)
  const { body } = await ask(`query?query=${encodeURIComponent('sum(orders_total) > 2')}`)
  expect(body).toMatchObject({
    status: 'success',
    data: { resultType: 'vector', result: [{ metric: {}, value: [expect.any(Number), '3'] }] },
  })
})

test('what is refused is counted, kept with its reason, and holds nothing up', async () => {
  const before = (await readLetters(bus)).length
  await publish('bad', '{"name":"oops"')
  await publish('bad', '{"name":"oops","type":"gauge","value":NaN}')
  await publish('bad', { name: 'oops', type: 'thermometer', value: 1 })
  await publish('bad', { name: 'oops', type: 'gauge', value: '1' })
  await publish('bad', { name: 'two words', type: 'gauge', value: 1 })
  await publish('bad', { name: 'oops', type: 'gauge', value: 1, labels: { __name__: 'x' } })
  await publish('bad', { name: 'oops', type: 'gauge', value: 1, time: '2001-01-01T00:00:00Z' })
  await publish('bad', { name: 'oops', type: 'gauge', value: 1, time: '2101-01-01T00:00:00Z' })
  await publish('bad', `"${'x'.repeat(10 * 1024 * 1024)}"`)
  await publish('bad', [
    { name: 'kept', type: 'gauge', value: 5 },
    { name: 'kept', type: 'counter', value: 1 },
    { name: 'not kept', type: 'gauge', value: 1 },
    { name: 'neither kept', type: 'gauge', value: 1 },
  ])
  await untilValue('kept', 5)
  const letters = await waitFor(
    async () => {
      const all = (await readLetters(bus)).slice(before)
      return all.length >= 11 && all
    },
    { what: 'the dead letters' },
  )
  expect(letters.map(({ reason }) => reason)).toEqual([
    'invalid_json',
    'invalid_json',
    'invalid_type',
    'invalid_value',
    'invalid_name',
    'reserved_label',
    'too_old',
    'too_far_in_future',
    'too_large',
    'invalid_name',
    'type_conflict',
  ])
  // A letter can be mended and published again: it holds what was refused, and nothing that was kept.
  expect(JSON.parse(letters[9]?.text ?? '')).toEqual([
    { name: 'not kept', type: 'gauge', value: 1 },
    { name: 'neither kept', type: 'gauge', value: 1 },
  ])
  expect(JSON.parse(letters[10]?.text ?? '')).toEqual([{ name: 'kept', type: 'counter', value: 1 }])
  const text = await scrape(collector.url)
  expect(readValue(text, 'tocsin_metric_events_refused_total{reason="invalid_name"}')).toBe(3)
  expect(
    readValue(text, 'tocsin_dead_letters_total{reason="too_large",stream="METRICS",written="true"}'),
  ).toBe(1)
  expect(collector.logs.filter((line) => line['reason'] === 'invalid_json')).toHaveLength(1)
})

test('killed and started again it has the same series, and writes no letter twice', async () => {
  await publish('shop', { name: 'took_seconds', type: 'histogram', value: 0.2 })
  await publish('shop', { name: 'sent_total', type: 'counter', value: 7 })
  await untilValue('sent_total', 7)
  const letters = await readLetters(bus)
  const own = (text: string) => text.split('\n').filter((line) => /^(orders|kept|took|sent)/.test(line))
  const before = own(await scrape(collector.url))
  await collector.kill()
  await publish('shop', { name: 'sent_total', type: 'counter', value: 1 })
  await collector.restart()
  await untilValue('sent_total', 8)
  const after = own(await scrape(collector.url))
  expect(after).toEqual(before.map((line) => (line === 'sent_total 7' ? 'sent_total 8' : line)))
  await publish('bad', '{"one":"more"')
  await waitFor(async () => (await readLetters(bus)).length > letters.length, { what: 'the next letter' })
  expect((await readLetters(bus)).map(({ reason }) => reason)).toEqual([
    ...letters.map(({ reason }) => reason),
    'invalid_json',
  ])
})

test('a batch of the SDK with one bad sample is kept but for that', async () => {
  const time = Date.now()
  await publish('app', {
    v: 1,
    id: 'batch-1',
    time: new Date(time).toISOString(),
    source: 'app',
    metrics: [
      { name: 'app_level', type: 'gauge' },
      { name: 'app_seconds', type: 'histogram', buckets: [0.1, 1] },
    ],
    series: [
      [0, { part: 'a' }],
      [0, { part: 'b' }],
      [1, {}],
    ],
    samples: [
      [0, 4],
      [1, 5, time - 86_400_000],
      [2, [1, 2, 3], 4.5],
    ],
  })
  await untilValue('app_seconds_count', 3)
  const text = await scrape(collector.url)
  expect(readValue(text, 'app_level{part="a"}')).toBe(4)
  expect(readValue(text, 'app_level{part="b"}')).toBeUndefined()
  const letter = await waitFor(async () =>
    (await readLetters(bus)).find(({ reason, text }) => reason === 'too_old' && text.includes('batch-1')),
  )
  expect(JSON.parse(letter.text)).toMatchObject({
    metrics: [{ name: 'app_level' }],
    series: [[0, { part: 'b' }]],
    samples: [[0, 5, time - 86_400_000]],
  })
})

test('scrapes are negotiated: OpenMetrics on request, gzip for who takes it', async () => {
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5'
  const response = await fetch(`${collector.url}/metrics`, { headers: { accept, 'accept-encoding': 'gzip' } })
  expect(response.headers.get('content-type')).toBe(
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  )
  expect(response.headers.get('content-encoding')).toBe('gzip')
  const text = await response.text()
  expect(text).toContain('# TYPE orders counter\n')
  expect(text.endsWith('\n# EOF\n')).toBe(true)
  const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  expect(new Set(families).size).toBe(families.length)
})

test('what a publisher ends leaves /metrics at once', async () => {
  const batch = (value: number | 'stale') => ({
    v: 1,
    id: `ending-${value}`,
    time: new Date().toISOString(),
    source: 'app',
    metrics: [{ name: 'ending', type: 'gauge' }],
    series: [[0, {}]],
    samples: [[0, value]],
  })
  await publish('app', batch(1))
  await untilValue('ending', 1)
  await publish('app', batch('stale'))
  await waitFor(async () => !(await scrape(collector.url)).includes('ending'), {
    what: 'the series to leave',
  })
})

test('a form and an address mean the same, and the form counts first', async () => {
  const form = await ask('query?query=2', {
    method: 'POST',
    body: new URLSearchParams({ query: '1', time: '5' }),
  })
  expect(form).toEqual({
    status: 200,
    body: { status: 'success', data: { resultType: 'scalar', result: [5, '1'] } },
  })
  expect(await ask('query?query=1&time=5')).toEqual(form)
})

test('limits cut look-ups and say so', async () => {
  expect(await ask('label/__name__/values?limit=1')).toMatchObject({
    body: { status: 'success', data: ['app_level'], warnings: ['results truncated due to limit'] },
  })
  expect(await ask('metadata?metric=orders_total')).toEqual({
    status: 200,
    body: { status: 'success', data: { orders_total: [{ type: 'counter', help: 'Orders.', unit: '' }] } },
  })
})

test('what a query is warned of names its place', async () => {
  const query = '1 + quantile(7, app_level)'
  for (const path of ['query?', 'query_range?start=1&end=2&step=1&']) {
    const { body } = await ask(`${path}query=${encodeURIComponent(query)}`)
    expect(body).toMatchObject({ warnings: [expect.stringContaining('(1:14)')] })
  }
})

test('a query may not take longer than it asks for', async () => {
  expect(await ask('query?query=1&timeout=0')).toEqual({
    status: 503,
    body: { status: 'error', errorType: 'timeout', error: 'query timed out in query queue' },
  })
})
