import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Bus } from '@tocsin/runtime'
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
import { openBus } from './open-bus.ts'
import { readValue, scrape } from './read-exposition.ts'

failOnLeaks({ beforeAll, afterAll })

let nats: Server
let bus: Bus
let collector: ServiceUnderTest
let prometheus: Server

const HARD_LABELS = { path: 'C:\\temp\n"x"', place: 'Zürich 漢字 🙂', empty: '' }

beforeAll(async () => {
  nats = await startNats()
  collector = await startService('collector', { NATS_URL: nats.url })
  bus = await openBus(nats.url)
  const events = [
    { name: 'hard', type: 'gauge', value: -1.5e-7, labels: HARD_LABELS, help: 'A "hard" one:\n\\ and more.' },
    { name: 'done_total', type: 'counter', value: 3, help: 'Done.' },
    { name: 'done', type: 'gauge', value: 1, help: 'A family that done_total would have in OpenMetrics.' },
    { name: 'plain', type: 'counter', value: 2, help: 'A counter without _total.' },
    {
      name: 'took_seconds',
      type: 'histogram',
      value: 0.3,
      labels: { route: '/a' },
      help: 'Took.',
      unit: 'seconds',
    },
    { name: 'took_seconds', type: 'histogram', value: 7, labels: { route: '/b' } },
    // Ours too: the process of the publisher beside that of the collector, in one family.
    { name: 'process_open_fds', type: 'gauge', value: 11, labels: { instance: 'other' } },
  ]
  await bus.publish(bus.subjects.metrics('test'), JSON.stringify(events))
  const now = Date.now()
  const batch = {
    ...{ v: 1, id: 'b1', time: new Date(now).toISOString(), source: 'test' },
    metrics: [{ name: 'traced_seconds', type: 'histogram', unit: 'seconds', buckets: [0.5] }],
    series: [[0, { route: '/a' }]],
    created: [[0, now - 5000]],
    exemplars: [
      [0, { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }, 0.25, now - 300],
      [0, { trace_id: 'a, b={c}', span_id: 'é' }, 7, now - 200],
    ],
    samples: [[0, [1, 2], 7.25]],
  }
  await bus.publish(bus.subjects.metrics('test'), JSON.stringify(batch))
  await waitFor(async () => (await scrape(collector.url)).includes('traced_seconds_count{route="/a"} 2'))
  prometheus = await startPrometheus({
    args: ['--log.level=debug', '--enable-feature=exemplar-storage'],
    config: JSON.stringify({
      global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
      scrape_configs: [
        {
          job_name: 'collector',
          honor_labels: true,
          static_configs: [{ targets: [`127.0.0.1:${collector.port}`] }],
        },
      ],
    }),
  })
})

afterAll(async () => {
  await bus?.close()
  await Promise.all([collector?.stop(), prometheus?.stop(), nats?.stop()])
})

async function query(
  base: string,
  expr: string,
): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> {
  const response = await fetch(`${base}/api/v1/query?${new URLSearchParams({ query: expr })}`)
  const { data } = (await response.json()) as { data: { result: [] } }
  return data.result
}

test('the real Prometheus scrapes it without a word', async () => {
  await waitFor(async () => (await query(prometheus.url, 'sum_over_time(up[1m]) >= 3')).length > 0, {
    what: 'three scrapes',
    timeoutMs: 10_000,
  })
  const complaints = prometheus.log.filter(
    (line) => /level=(warn|error)/.test(line) || (/scrape/i.test(line) && /err=/.test(line)),
  )
  expect(complaints).toEqual([])
})

test('Prometheus has what the collector has, label by label', async () => {
  const without = (metric: Record<string, string>) => {
    const { job: _, instance, ...rest } = metric
    return JSON.stringify(Object.entries(instance === 'other' ? { ...rest, instance } : rest).sort())
  }
  const names = '{__name__=~"hard|done|done_total|plain|took_seconds.*"}'
  const [ours, theirs] = await Promise.all([query(collector.url, names), query(prometheus.url, names)])
  const flat = (result: typeof ours) =>
    result.map(({ metric, value }) => `${without(metric)} ${value[1]}`).sort()
  // Prometheus keeps when a histogram was created as a series of its own.
  const isCreated = ({ metric }: (typeof ours)[number]) => metric['__name__']?.endsWith('_created')
  expect(flat(theirs.filter((one) => !isCreated(one)))).toEqual(flat(ours))
  expect(theirs.filter(isCreated).map(({ metric }) => metric['route'])).toEqual(['/a', '/b'])
  expect(ours.find(({ metric }) => metric['__name__'] === 'hard')?.metric).toEqual({
    __name__: 'hard',
    path: HARD_LABELS.path,
    place: HARD_LABELS.place,
  })
})

test('Prometheus learns types, help and units', async () => {
  const response = await fetch(`${prometheus.url}/api/v1/metadata?metric=took_seconds`)
  expect(await response.json()).toMatchObject({
    data: { took_seconds: [{ type: 'histogram', help: 'Took.', unit: 'seconds' }] },
  })
})

test('exemplars reach Prometheus, and are answered as it answers them', async () => {
  const range = { start: String(Date.now() / 1000 - 60), end: String(Date.now() / 1000) }
  const ask = async (base: string) => {
    const parameters = { ...range, query: 'histogram_quantile(0.9, rate(traced_seconds_bucket[5m]))' }
    const response = await fetch(`${base}/api/v1/query_exemplars?${new URLSearchParams(parameters)}`)
    const { data } = (await response.json()) as {
      data: { seriesLabels: Record<string, string>; exemplars: readonly object[] }[]
    }
    return data
      .map(({ seriesLabels: { __name__, le, route }, exemplars }) => ({ __name__, le, route, exemplars }))
      .sort((a, b) => (`${a.le}` < `${b.le}` ? -1 : 1))
  }
  const theirs = await ask(prometheus.url)
  expect(theirs.map(({ le, exemplars }) => [le, exemplars.length])).toEqual([
    ['+Inf', 1],
    ['0.5', 1],
  ])
  expect(await ask(collector.url)).toEqual(theirs)
})

test('promtool finds nothing to say about our own metrics', async () => {
  const own = (await scrape(collector.url))
    .split('\n')
    .filter(
      (line) => !/^(# \w+ )?(hard|done|plain|took_seconds|traced_seconds|process_open_fds\{)/.test(line),
    )
    .join('\n')
  expect(readValue(own, 'tocsin_head_series')).toBeGreaterThan(0)
  const promtool = spawn('promtool', ['check', 'metrics'])
  promtool.stdin.end(own)
  expect((await text(promtool.stdout)) + (await text(promtool.stderr))).toBe('')
})

test('a client that goes away ends its query', async () => {
  const samples = Array.from({ length: 2000 }, (_, i) => ({
    name: 'wide',
    type: 'gauge',
    value: i,
    labels: { i: String(i) },
  }))
  await bus.publish(bus.subjects.metrics('test'), JSON.stringify(samples))
  await waitFor(async () => (await query(collector.url, 'count(wide) == 2000')).length === 1)
  // Each series at every second of five hours: seconds of work.
  const slow = new URLSearchParams({
    query: 'sum(sum_over_time(wide[5h:1s]))',
    time: String(Date.now() / 1000 + 18_000),
    lookback_delta: '10h',
  })
  const leaving = new AbortController()
  const pending = fetch(`${collector.url}/api/v1/query?${slow}`, { signal: leaving.signal })
  const gone = pending.then(
    () => 'answered',
    () => 'gone',
  )
  const figure = async (series: string) => readValue(await scrape(collector.url), series)
  await waitFor(async () => (await figure('tocsin_queries_running')) === 1, { what: 'the query to run' })
  leaving.abort()
  expect(await gone).toBe('gone')
  const canceled = 'tocsin_query_duration_seconds_count{kind="instant",outcome="canceled"}'
  await waitFor(async () => (await figure(canceled)) === 1, { what: 'the query to end' })
})
