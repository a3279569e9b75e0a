import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
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
import { PrometheusDriver } from 'prometheus-query'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBus } from './open-bus.ts'

failOnLeaks({ beforeAll, afterAll })

const run = promisify(execFile)
const STEP_MS = 15_000
const SAMPLES = 40
/** Ten minutes of samples that end now, off the times that are asked for: ranges are closed in Prometheus 2 only. */
const FIRST_MS = Math.floor(Date.now() / 1000) * 1000 - SAMPLES * STEP_MS + 217
const NOW = Math.floor((FIRST_MS + SAMPLES * STEP_MS) / 1000)

interface TestSeries {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly labels: Record<string, string>
  readonly valueAt: (i: number) => number
}

const SERIES: readonly TestSeries[] = [
  ...['/a', '/b'].flatMap((route) =>
    ['200', '500'].map(
      (code): TestSeries => ({
        name: 'requests_total',
        type: 'counter',
        labels: { route, code },
        // Reset in the middle, as after a restart.
        valueAt: (i) => (i % 23) * (route === '/a' ? 3 : 7) * (code === '200' ? 1 : 0.25),
      }),
    ),
  ),
  {
    name: 'level',
    type: 'gauge',
    labels: { unit: 'C', note: 'a "b" \\ c <d> é' },
    valueAt: (i) => -20.5 + i * 1.1,
  },
  {
    name: 'level',
    type: 'gauge',
    labels: { unit: 'F' },
    valueAt: (i) => (i % 3 === 0 ? Number.NaN : 1e-9 * i),
  },
  { name: 'huge', type: 'gauge', labels: {}, valueAt: (i) => (i % 2 === 0 ? Infinity : -1.5e25) },
  ...['0.1', '1', '+Inf'].map(
    (le, at): TestSeries => ({
      name: 'took_bucket',
      type: 'counter',
      labels: { le },
      valueAt: (i) => i * (at + 1),
    }),
  ),
]

let folder: string
let nats: Server
let bus: Bus
let prometheus: Server
let collector: ServiceUnderTest

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collector-compare-'))
  await writeFile(join(folder, 'samples.txt'), writeOpenMetrics())
  await run('promtool', [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    join(folder, 'samples.txt'),
    join(folder, 'tsdb'),
  ])
  nats = await startNats()
  ;[collector, prometheus, bus] = await Promise.all([
    startService('collector', { NATS_URL: nats.url }),
    startPrometheus({ dataDir: folder }),
    openBus(nats.url),
  ])
  await bus.publish(bus.subjects.metrics('test'), JSON.stringify(writeBatch()))
  await waitFor(async () => (await ask(collector.url, 'label/le/values')).body.includes('+Inf'), {
    what: 'the samples to be in the head',
  })
})

afterAll(async () => {
  await bus?.close()
  await Promise.all([collector?.stop(), prometheus?.stop(), nats?.stop()])
  if (folder) await rm(folder, { recursive: true })
})

function timeAt(i: number): number {
  return FIRST_MS + i * STEP_MS
}

function text(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}

function writeOpenMetrics(): string {
  const lines = SERIES.flatMap(({ name, labels, valueAt }) => {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    return Array.from(
      { length: SAMPLES },
      (_, i) => `${name}{${pairs.join(',')}} ${text(valueAt(i))} ${timeAt(i) / 1000}`,
    )
  })
  return `${lines.join('\n')}\n# EOF\n`
}

function writeBatch() {
  return {
    v: 1,
    id: 'comparison',
    time: new Date().toISOString(),
    source: 'test',
    metrics: SERIES.map(({ name, type }) => ({ name, type })),
    series: SERIES.map(({ labels }, i) => [i, labels]),
    samples: SERIES.flatMap(({ valueAt }, i) =>
      Array.from({ length: SAMPLES }, (_, at) => {
        const value = valueAt(at)
        return [i, Number.isFinite(value) ? value : text(value), timeAt(at)]
      }),
    ),
  }
}

interface Answer {
  readonly status: number
  readonly type: string | null
  readonly body: string
}

async function ask(base: string, path: string): Promise<Answer> {
  const response = await fetch(`${base}/api/v1/${path}`)
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() }
}

/** The order of an instant vector and of series is nobody's promise; everything else is compared as it stands. */
function normalize(answer: Answer): unknown {
  const body = JSON.parse(answer.body)
  const unordered = body.data?.resultType === 'vector' ? body.data.result : body.data
  if (Array.isArray(unordered)) unordered.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return { ...answer, body }
}

const at = (query: string, time: number | string = NOW) =>
  `query?${new URLSearchParams({ query, time: String(time) })}`
const range = (query: string, more: Readonly<Record<string, string>> = {}) =>
  `query_range?${new URLSearchParams({ query, start: String(NOW - 300), end: String(NOW), step: '30', ...more })}`
const matching = (path: string, ...selectors: string[]) =>
  `${path}?${new URLSearchParams(selectors.map((selector): [string, string] => ['match[]', selector]))}`

test.each([
  at('requests_total'),
  at('level'),
  at('huge'),
  at('{__name__=~".+"}'),
  at('sum by (route) (rate(requests_total[2m]))'),
  at('rate(requests_total[2m]) > 0.1'),
  at('histogram_quantile(0.9, took_bucket)'),
  at('requests_total[1m]'),
  at('requests_total offset 2m'),
  at('max_over_time(level{unit="C"}[3m:20s])'),
  at('absent(nothing{a="b"})'),
  at('nothing'),
  at('vector(1e-7)'),
  at('vector(12345678901234567890123)'),
  at('1e-7'),
  at('-1e21 * 3'),
  at('1/0'),
  at('-0'),
  at('"text <é> \\n"'),
  at('time()', '1435781430.781'),
  at('time()', '2015-07-01T20:10:30.5Z'),
  at('time()', '1435781430.7'),
  at('vector(time())', '1435781430.7'),
  at('vector(1)', '-1.5'),
  range('requests_total'),
  range('level', { step: '7.5' }),
  range('max by (code) (rate(requests_total[1m]))', { step: '1m' }),
  range('42', { step: '100' }),
  range('nothing'),
  range('huge', { start: '2015-07-01T20:10:30Z', end: '2015-07-01T20:10:31Z' }),
  matching('series', 'requests_total', 'level{unit="C"}'),
  matching('series', '{__name__=~".+",route!=""}'),
  matching('series', 'nothing'),
  'labels',
  matching('labels', 'level'),
  'label/route/values',
  'label/__name__/values',
  'label/nothing/values',
  matching('label/code/values', 'requests_total{route="/a"}'),
  `format_query?${new URLSearchParams({ query: 'sum(rate(x{a="b"}[5m]))by(job)>bool 3' })}`,
  'query_exemplars?query=requests_total',
  'metadata?metric=nothing',
])('GET %s answers as Prometheus does', async (path) => {
  const [ours, theirs] = await Promise.all([ask(collector.url, path), ask(prometheus.url, path)])
  expect(normalize(ours)).toEqual(normalize(theirs))
})

test.each([
  'query',
  at('requests_total('),
  at('sum('),
  at('requests_total', 'yesterday'),
  `${at('1')}&timeout=soon`,
  at('label_replace(requests_total, "a", "b", "c", "(")'),
  at('requests_total * on () huge'),
  'query_range?query=1',
  range('1', { end: '1' }),
  range('1', { end: 'later' }),
  range('1', { step: '0' }),
  range('1', { step: '-5' }),
  range('1', { step: 'x' }),
  range('1', { step: '0.01' }),
  range('requests_total[1m]'),
  range('"text"'),
  'series',
  matching('series', '{}'),
  'series?match[]=level&start=soon',
  'label/0/values',
  'metadata?limit=many',
  'format_query?query=',
])('GET %s fails as it fails in Prometheus', async (path) => {
  const [ours, theirs] = await Promise.all([ask(collector.url, path), ask(prometheus.url, path)])
  expect(theirs.status).toBeGreaterThanOrEqual(400)
  expect(normalize(ours)).toEqual(normalize(theirs))
})

test.each([
  ['instant', 'sum(requests_total)'],
  ['range', '--step=30s', 'level{unit="C"}'],
])('promtool query %s prints the same from both', async (kind, ...args) => {
  const query = args.pop() ?? ''
  const times = kind === 'range' ? [`--start=${NOW - 120}`, `--end=${NOW}`] : [`--time=${NOW}`]
  const ask = async (url: string) =>
    (await run('promtool', ['query', kind, ...times, ...args, url, query])).stdout
  expect(await ask(collector.url)).toBe(await ask(prometheus.url))
})

test('promtool query series and labels find what is there', async () => {
  const { stdout: series } = await run('promtool', [
    'query',
    'series',
    '--match=level{unit="F"}',
    collector.url,
  ])
  expect(series).toBe('{__name__="level", unit="F"}\n')
  const { stdout: labels } = await run('promtool', ['query', 'labels', collector.url, 'code'])
  expect(labels).toBe('200\n500\n')
})

test.each([false, true])(
  'the npm package prometheus-query reads the same from both, with preferPost %s',
  async (preferPost) => {
    const read = async (endpoint: string) => {
      const driver = new PrometheusDriver({ endpoint, preferPost })
      const now = new Date(NOW * 1000)
      const start = new Date((NOW - 300) * 1000)
      return [
        await driver.instantQuery('max(rate(requests_total[2m]))', now),
        await driver.rangeQuery('level{unit="C"}', start, now, 30),
        await driver.series('level{unit="C"}', start, now),
        await driver.labelNames('level', start, now),
        await driver.labelValues('code', 'requests_total', start, now),
        await driver.instantQuery('sum(', now).catch((error: unknown) => error),
      ]
    }
    const [ours, theirs] = await Promise.all([read(collector.url), read(prometheus.url)])
    expect(ours).toEqual(theirs)
    expect(ours[0]).toMatchObject({
      resultType: 'vector',
      result: [{ value: { value: expect.any(Number) } }],
    })
  },
)
