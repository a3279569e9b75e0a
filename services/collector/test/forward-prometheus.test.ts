import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startPrometheus,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ForwardedTarget, startTarget } from './forwarded-target.ts'

failOnLeaks({ beforeAll, afterAll })

let target: ForwardedTarget
let nats: Server
let collector: ServiceUnderTest
let prometheus: Server

beforeAll(async () => {
  target = await startTarget()
  nats = await startNats()
  collector = await startService('collector', { NATS_URL: nats.url })
  const scrape = (name: string) => ({
    job_name: name,
    metrics_path: `/${name}`,
    static_configs: [{ targets: [`127.0.0.1:${target.port}`], labels: { cluster: 'test' } }],
  })
  prometheus = await startPrometheus({
    args: ['--enable-feature=exemplar-storage,native-histograms'],
    config: JSON.stringify({
      global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
      scrape_configs: [scrape('classic'), scrape('native')],
      remote_write: [
        {
          url: `${collector.url}/api/v1/write?source=prometheus`,
          send_exemplars: true,
          send_native_histograms: true,
          queue_config: { batch_send_deadline: '100ms', max_backoff: '200ms' },
          metadata_config: { send: true, send_interval: '1s' },
        },
      ],
    }),
  })
  // More than the ranges below reach back: versions of Prometheus differ in how they guess a counter's beginning.
  await waitForScrapes(18)
})

afterAll(async () => {
  await prometheus?.stop()
  await Promise.all([collector?.stop(), target?.close()])
  await nats?.stop()
})

const waitForScrapes = (more: number) => {
  const least = (target.scrapes.get('/classic') ?? 0) + more
  return waitFor(() => (target.scrapes.get('/classic') ?? 0) >= least, { what: `${more} scrapes` })
}

type Result = readonly {
  readonly metric: Record<string, string>
  readonly value?: unknown
  readonly values?: unknown
}[]

async function ask(base: string, path: string, form: Record<string, string>): Promise<Result> {
  const response = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(form)}`)
  const { data, error } = (await response.json()) as { data?: { result: Result }; error?: string }
  if (!data) throw new Error(`${path} ${form['query']}: ${error}`)
  return [...data.result].sort((a, b) => (JSON.stringify(a.metric) < JSON.stringify(b.metric) ? -1 : 1))
}

/** The time of the newest scrape that Prometheus has. Seconds. */
async function lastScrape(of = 'up{job="classic"}'): Promise<number> {
  const [result] = await ask(prometheus.url, 'query', { query: `max(timestamp(${of}))` })
  return countOf(result)
}

function countOf(result: Result[number] | undefined): number {
  if (!result?.value) throw new Error('the query has no result')
  return Number((result.value as [number, string])[1])
}

/** Asks both for the same until they answer the same: what is on its way arrives. */
async function expectSame(path: string, form: Record<string, string>): Promise<Result> {
  const expected = await ask(prometheus.url, path, form)
  let actual: Result = []
  await waitFor(
    async () => {
      actual = await ask(collector.url, path, form)
      return JSON.stringify(actual) === JSON.stringify(expected)
    },
    { timeoutMs: 10_000 },
  ).catch(() => {})
  expect(actual).toEqual(expected)
  return expected
}

/** Series whose labels differ also without their names, which `count_over_time` drops. */
const FORWARDED = '{__name__=~"orders_total|took_seconds_bucket|level|sometimes",cluster="test"}'

test.each([
  'orders_total',
  'sum by (region) (rate(orders_total[3s]))',
  'increase(orders_total{region="us"}[4s])',
  'histogram_quantile(0.9, rate(took_seconds_bucket[3s]))',
  'took_seconds_sum / took_seconds_count',
  'size_bytes',
  'level',
  'sometimes',
  'up',
  'scrape_samples_scraped{job="classic"}',
  `count_over_time(${FORWARDED}[3s])`,
])('%s has the same answer as in the Prometheus that forwards it', async (query) => {
  // Off the times of samples, since ranges are closed on both sides in Prometheus 2 only.
  const time = (await lastScrape()) - 1 + 0.07
  // Empty where what is there only sometimes is not.
  await expectSame('query', { query, time: String(time) })
  const range = { start: String(time - 3), end: String(time), step: '0.5' }
  expect((await expectSame('query_range', { query, ...range })).length).toBeGreaterThan(0)
})

test('types, help and units are learned from the metadata that is sent by itself', async () => {
  await waitFor(
    async () => {
      const response = await fetch(`${collector.url}/api/v1/metadata`)
      const { data } = (await response.json()) as { data: Record<string, unknown> }
      expect(data).toMatchObject({
        orders_total: [{ type: 'counter', help: 'Orders taken.', unit: '' }],
        took_seconds: [{ type: 'histogram', help: 'Time taken.', unit: 'seconds' }],
        size_bytes: [{ type: 'summary', help: 'Sizes.', unit: 'bytes' }],
        native_seconds: [{ type: 'histogram', help: 'Time taken.', unit: '' }],
        level: [{ type: 'gauge', help: '', unit: '' }],
      })
      return true
    },
    { what: 'the metadata' },
  )
  const text = await (await fetch(`${collector.url}/metrics`)).text()
  expect(text).toContain('# TYPE took_seconds histogram\ntook_seconds_bucket{')
  expect(text).toMatch(/# TYPE native_seconds histogram\nnative_seconds_bucket\{/)
})

test('exemplars are the same', async () => {
  const time = await lastScrape()
  const form = { query: 'orders_total', start: String(time - 5), end: String(time - 1) }
  const exemplars = async (base: string) => {
    const response = await fetch(`${base}/api/v1/query_exemplars?${new URLSearchParams(form)}`)
    return ((await response.json()) as { data: readonly unknown[] }).data
  }
  const expected = await exemplars(prometheus.url)
  expect(expected).toHaveLength(1)
  await waitFor(async () => {
    expect(await exemplars(collector.url)).toEqual(expected)
    return true
  })
})

test('a native histogram has the same counts at powers of two', async () => {
  const time = String((await lastScrape()) - 1 + 0.07)
  const buckets = await waitFor(
    async () => {
      const result = await ask(collector.url, 'query', { query: 'native_seconds_bucket', time })
      return result.length > 30 && result
    },
    { what: 'the buckets' },
  )
  for (const { metric, value } of buckets) {
    const bound = metric['le'] === '+Inf' ? 'Inf' : metric['le']
    const query = `histogram_count(native_seconds) * histogram_fraction(-Inf, ${bound}, native_seconds)`
    const [expected] = await ask(prometheus.url, 'query', { query, time })
    expect(countOf({ metric, value }), bound).toBeCloseTo(countOf(expected), 4)
  }
  for (const part of ['count', 'sum']) {
    const [ours] = await ask(collector.url, 'query', { query: `native_seconds_${part}`, time })
    const [theirs] = await ask(prometheus.url, 'query', { query: `histogram_${part}(native_seconds)`, time })
    expect(ours?.value).toEqual(theirs?.value)
  }
})

test('NATS is killed and comes back: no sample is lost, and none is there twice', async () => {
  const begun = await lastScrape()
  await waitForScrapes(2)
  await nats.kill()
  await waitForScrapes(4)
  await nats.restart()
  await waitForScrapes(4)
  const time = (await lastScrape()) - 1 + 0.07
  const seconds = Math.ceil(time - begun) + 1
  for (const query of [
    `count_over_time(${FORWARDED}[${seconds}s])`,
    `sum_over_time(orders_total[${seconds}s])`,
  ])
    await expectSame('query', { query, time: String(time) })
  // A native histogram is a series there, and several here.
  const [theirs] = await ask(prometheus.url, 'query', {
    query: `count_over_time(native_seconds[${seconds}s])`,
    time: String(time),
  })
  await waitFor(async () => {
    const query = `count_over_time(native_seconds_count[${seconds}s])`
    const [ours] = await ask(collector.url, 'query', { query, time: String(time) })
    return JSON.stringify(ours?.value) === JSON.stringify(theirs?.value)
  })
})

test('what went away is gone in both', async () => {
  const present = (await lastScrape()) - 0.2
  target.setGone(true)
  await waitFor(async () => (await ask(prometheus.url, 'query', { query: 'up == 1' })).length === 0, {
    what: 'the target to be gone',
  })
  const time = String((await lastScrape('up')) + 0.07)
  const query = 'count by (job) ({cluster="test",job="classic"})'
  const [before] = await expectSame('query', { query, time: String(present) })
  const [after] = await expectSame('query', { query, time })
  expect(countOf(before)).toBeGreaterThan(countOf(after))
  expect(await ask(prometheus.url, 'query', { query: 'native_seconds', time })).toEqual([])
  await waitFor(
    async () => (await ask(collector.url, 'query', { query: '{__name__=~"native_.+"}', time })).length === 0,
    { what: 'the native histogram to end' },
  )
})
