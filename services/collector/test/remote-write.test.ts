import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compress, encodeVersion1, encodeVersion2, type SentSeries } from './encode-write.ts'
import { readValue, scrape } from './read-exposition.ts'

failOnLeaks({ beforeAll, afterAll })

const V1 = 'application/x-protobuf'
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'

let nats: Server
let collector: ServiceUnderTest

beforeAll(async () => {
  nats = await startNats()
  collector = await startService('collector', { NATS_URL: nats.url, REMOTE_WRITE_MAX_BYTES: '100000' })
})

afterAll(async () => {
  await collector?.stop()
  await nats?.stop()
})

interface Written {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** Samples, histograms and exemplars that are stored, as the headers say. */
  readonly counts: readonly (string | null)[]
}

async function write(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  more: { path?: string; headers?: Record<string, string> } = {},
): Promise<Written> {
  const response = await fetch(`${collector.url}/api/v1/write${more.path ?? ''}`, {
    method: 'POST',
    headers: { 'content-type': type, 'content-encoding': 'snappy', ...more.headers },
    body,
  })
  const { status, headers } = response
  const counts = ['samples', 'histograms', 'exemplars'].map((what) =>
    headers.get(`x-prometheus-remote-write-${what}-written`),
  )
  return { status, text: await response.text(), headers, counts }
}

const writeVersion2 = (series: readonly SentSeries[], more = {}) =>
  write(compress(encodeVersion2(series)), V2, more)

async function query(expr: string): Promise<readonly { metric: object; value: [number, string] }[]> {
  const response = await fetch(`${collector.url}/api/v1/query?${new URLSearchParams({ query: expr })}`)
  const { data } = (await response.json()) as { data: { result: [] } }
  return data.result
}

/** The values that a query has once it has so many. */
const values = (expr: string, count = 1) =>
  waitFor(
    async () => {
      const result = await query(expr)
      return result.length === count && result.map(({ value }) => value[1])
    },
    { what: `${count} results of ${expr}` },
  )

const level = (name: string, value: number | 'stale', timeMs = Date.now()): SentSeries => ({
  labels: [
    ['__name__', name],
    ['job', 'test'],
  ],
  samples: [{ value, timeMs }],
})

test('both versions are stored, answered as specified, and found by queries', async () => {
  const first = await write(compress(encodeVersion1([level('old_way', 1.5)])), V1)
  expect(first).toMatchObject({ status: 204, text: '', counts: ['1', '0', '0'] })
  const second = await writeVersion2([level('new_way', 2.5), level('new_way_too', Number.NaN)])
  expect(second).toMatchObject({ status: 204, text: '', counts: ['2', '0', '0'] })
  expect(await values('old_way{job="test"} + ignoring(x) new_way')).toEqual(['4'])
  expect(await values('new_way_too')).toEqual(['NaN'])
})

test('metadata, creation times, exemplars and the end of a series arrive', async () => {
  const now = Date.now()
  const counter: SentSeries = {
    ...level('orders_total', 7, now),
    metadata: { kind: 1, help: 'Orders taken.', unit: '' },
    createdMs: now - 60_000,
    exemplars: [{ labels: [['trace_id', 'abc']], value: 1, timeMs: now }],
  }
  const part: SentSeries = {
    ...level('took_seconds_count', 3, now),
    metadata: { kind: 3, help: 'Took.', unit: 'seconds' },
  }
  expect(await writeVersion2([counter, part, level('ending', 1, now)])).toMatchObject({
    status: 204,
    counts: ['3', '0', '1'],
  })
  // Its zero is known, so that what it counted before its first sample is an increase.
  expect(await values('increase(orders_total[5m]) > 6')).toHaveLength(1)
  const ask = async (path: string) => (await fetch(`${collector.url}/api/v1/${path}`)).json()
  expect(await ask('metadata')).toMatchObject({
    data: {
      orders_total: [{ type: 'counter', help: 'Orders taken.' }],
      took_seconds: [{ type: 'histogram', help: 'Took.', unit: 'seconds' }],
    },
  })
  const range = `start=${now / 1000 - 60}&end=${now / 1000 + 60}`
  expect(await ask(`query_exemplars?query=orders_total&${range}`)).toMatchObject({
    data: [
      {
        seriesLabels: { __name__: 'orders_total', job: 'test' },
        exemplars: [{ labels: { trace_id: 'abc' } }],
      },
    ],
  })
  await values('ending')
  await writeVersion2([level('ending', 'stale', now + 1)])
  await values('ending', 0)
})

test('a native histogram answers as a classic one', async () => {
  const histogram = {
    schema: 3,
    count: 100,
    sum: 25,
    zeroCount: 0,
    // All between 0.25 and 0.5: indices -15 to -8 at schema 3.
    positive: { spans: [[-15, 8]], counts: [10, 10, 10, 10, 10, 10, 20, 20] },
    timeMs: Date.now(),
  } as const
  const answer = await writeVersion2([{ labels: [['__name__', 'native_seconds']], histograms: [histogram] }])
  expect(answer).toMatchObject({ status: 204, counts: ['0', '1', '0'] })
  expect(await values('native_seconds_bucket{le=~"0.25|0.5|1"}', 3)).toEqual(['0', '100', '100'])
  expect(await values('histogram_quantile(0.5, native_seconds_bucket)')).toEqual(['0.375'])
  expect(await values('native_seconds_sum / native_seconds_count')).toEqual(['0.25'])
})

test('what is not valid is refused by name, and the rest is stored', async () => {
  const answer = await writeVersion2([
    level('valid', 1),
    level('not.valid', 1),
    level('ancient', 1, Date.now() - 86_400_000),
    { labels: [['job', 'nameless']], samples: [{ value: 1, timeMs: Date.now() }] },
  ])
  expect(answer).toMatchObject({ status: 400, counts: ['1', '0', '0'] })
  expect(answer.text).toMatch(
    /^3 refused, and the other 1 are stored: invalid_name \(not\.valid\{job="test"\}: /,
  )
  expect(await values('valid')).toEqual(['1'])
  const logged = await collector.waitForLog(({ outcome }) => outcome === 'partial')
  expect(logged).toMatchObject({ source: 'remote-write', reason: expect.stringContaining('not.valid') })
  expect(await scrape(collector.url)).toMatch(
    /tocsin_remote_write_refused_total\{[^}]*reason="invalid_name"[^}]*\} 1\n/,
  )
})

test('what cannot be read is refused as a whole', async () => {
  const body = compress(encodeVersion1([level('never', 1)]))
  expect(await write(body, 'application/json')).toMatchObject({ status: 415 })
  expect(await write(body, `${V1};proto=io.prometheus.write.v9.Request`)).toMatchObject({
    status: 415,
    text: expect.stringContaining(
      'io.prometheus.write.v9.Request protobuf message is not accepted by this server',
    ),
  })
  expect(await write(body, V1, { headers: { 'content-encoding': 'gzip' } })).toMatchObject({
    status: 415,
    text: expect.stringContaining('gzip encoding (compression) is not accepted by this server'),
  })
  expect(await write(Uint8Array.of(1, 2, 3), V1)).toMatchObject({ status: 400, counts: ['0', '0', '0'] })
  expect(await write(new Uint8Array(), V1)).toMatchObject({ status: 400 })
  expect(await write(compress(Uint8Array.of(11, 12)), V1)).toMatchObject({ status: 400 })
  expect(await write(compress(new Uint8Array(200_000)), V1)).toMatchObject({
    status: 413,
    text: expect.stringContaining('REMOTE_WRITE_MAX_BYTES'),
  })
  expect(await write(new Uint8Array(200_000), V1)).toMatchObject({ status: 413 })
  // Without a length said ahead.
  const chunked = new Blob([new Uint8Array(200_000)]).stream()
  const cut = await fetch(`${collector.url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': V1, 'content-encoding': 'snappy' },
    body: chunked,
    duplex: 'half',
  } as RequestInit)
  expect([cut.status, await cut.text()]).toEqual([413, expect.stringContaining('REMOTE_WRITE_MAX_BYTES')])
  expect(await write(body, V1, { path: `?source=${'x'.repeat(300)}` })).toMatchObject({ status: 400 })
  const get = await fetch(`${collector.url}/api/v1/write`)
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  await get.body?.cancel()
  expect(await query('never')).toEqual([])
})

test('hostile bodies get a 4xx or what is valid of them stored, and harm nobody', async () => {
  const histogram = { schema: 1, count: 3, sum: 1, positive: { spans: [[0, 2]], counts: [1, 2] } } as const
  const series: SentSeries[] = [
    level('hostile', 1),
    { ...level('hostile_too', 2), histograms: [{ ...histogram, timeMs: Date.now() }] },
  ]
  const messages = [encodeVersion1(series), encodeVersion2(series)]
  const body = fc
    .tuple(
      fc.nat({ max: 1 }),
      fc.nat(1000),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
    )
    .map(([version, cut, changes, isCompressedFirst]) => {
      const message = messages[version] ?? new Uint8Array()
      const bytes = isCompressedFirst ? compress(message) : Uint8Array.from(message)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      const rest = bytes.subarray(0, Math.max(1, bytes.length - (cut > 500 ? cut - 500 : 0)))
      return {
        type: version === 0 ? V1 : V2,
        body: Uint8Array.from(isCompressedFirst ? rest : compress(rest)),
      }
    })
  await fc.assert(
    fc.asyncProperty(body, async ({ type, body }) => {
      const { status } = await write(body, type, { path: '?source=hostile' })
      expect(status === 204 || (status >= 400 && status < 500), String(status)).toBe(true)
    }),
    { numRuns: 300 },
  )
  expect(await writeVersion2([level('unharmed', 3)])).toMatchObject({ status: 204 })
  expect(await values('unharmed')).toEqual(['3'])
  expect(collector.logs.filter((line) => line['level'] === 'error')).toEqual([])
})

test('a source has its own subject and limits', async () => {
  const body = compress(encodeVersion1([level('of_source', 1)]))
  await write(body, V1, { path: '?source=eu.west' })
  await write(compress(encodeVersion1([level('of_source_too', 1)])), V1, {
    headers: { 'x-tocsin-source': 'us' },
  })
  await values('of_source')
  await values('of_source_too')
})

test('what is sent again is stored and counted once', async () => {
  const body = compress(encodeVersion1([level('again', 1)]))
  const counted = async () =>
    Number(/^tocsin_remote_write_samples_total\{[^}]*\} (\d+)$/m.exec(await scrape(collector.url))?.[1])
  expect(await write(body, V1)).toMatchObject({ status: 204, counts: ['1', '0', '0'] })
  const before = await counted()
  expect(await write(body, V1)).toMatchObject({ status: 204, counts: ['1', '0', '0'] })
  expect(await counted()).toBe(before)
  expect(await values('count_over_time(again[5m])')).toEqual(['1'])
})

test('while NATS is away the sender is asked to come again, and nothing is lost', async () => {
  await nats.kill()
  const away = await waitFor(
    async () => {
      const answer = await writeVersion2([level('while_away', 1)])
      return answer.status === 503 && answer
    },
    { what: 'a refusal' },
  )
  expect(away).toMatchObject({ counts: ['0', '0', '0'] })
  expect(away.headers.get('retry-after')).toBe('1')
  await nats.restart()
  await waitFor(async () => (await writeVersion2([level('while_away', 2)])).status === 204, {
    what: 'NATS to be there again',
  })
  expect(await values('while_away')).toEqual(['2'])
  expect(readValue(await scrape(collector.url), 'while_away{job="test"}')).toBe(2)
})

test('a restart of the collector keeps it all', async () => {
  await writeVersion2([level('kept', 1), { ...level('kept_too', 2), createdMs: Date.now() - 1000 }])
  await values('kept')
  await collector.kill()
  await collector.restart()
  expect(await values('kept + ignoring(x) kept_too')).toEqual(['3'])
  await writeVersion2([level('kept', 5)])
  await waitFor(async () => (await query('kept'))[0]?.value[1] === '5', { what: 'the next sample' })
})
