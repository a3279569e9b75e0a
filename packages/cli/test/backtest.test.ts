import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
import { compile, isStaleAt, writeStaleAt } from '@tocsin/promql'
import {
  failOnLeaks,
  freePort,
  remoteWrite,
  type Server,
  startHttpSink,
  startNats,
  startPrometheus,
  startService,
  waitFor,
} from '@tocsin/testkit'
import pc from 'picocolors'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fetchSamples } from '../src/rules/fetch-samples.ts'
import { type BacktestFlags, runBacktest } from '../src/rules/run-backtest.ts'
import { type ListFlags, runList } from '../src/rules/run-list.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 60_000 })

const START = Date.UTC(2026, 0, 31, 6)
const STEP = 15_000
const MINUTE = 60_000
const STEPS = 8 * 60 * 4
const END = START + STEPS * STEP

let prometheus: Server
let folder: string

const write = async (
  labels: Record<string, string>,
  valueAt: (minute: number) => number | 'stale' | undefined,
) => {
  const samples = Array.from({ length: STEPS + 1 }, (_, i) => ({
    time: START + i * STEP,
    value: valueAt(i / 4),
  }))
  const kept = samples.filter(({ value }) => value !== undefined)
  const values = Float64Array.from(kept, ({ value }) => (typeof value === 'number' ? value : Number.NaN))
  for (const [i, { value }] of kept.entries()) if (value === 'stale') writeStaleAt(values, i)
  return { labels, timestamps: kept.map(({ time }) => time), values }
}

beforeAll(async () => {
  prometheus = await startPrometheus()
  folder = mkdtempSync(join(tmpdir(), 'tocsin-backtest-'))
  writeFileSync(
    join(folder, 'rules.yml'),
    `groups:
  - name: queues
    interval: 15s
    rules:
      - record: queue:length:max
        expr: max by (queue) (queue_length)
      - alert: QueueLong
        expr: queue:length:max > 10
        for: 1m
        keep_firing_for: 2m
        labels: { severity: high }
        annotations: { summary: '{{ $labels.queue }} holds {{ $value }}' }
      - alert: QueueFast
        expr: rate(queue_taken_total[5m]) > 1
      - alert: Clash
        expr: queue_length > 10
        labels: { queue: all }
      - alert: Pinned
        expr: queue_length @ 0 > 1
`,
  )
  await remoteWrite(prometheus.url, [
    // Long for ten minutes, and at 200 for half a minute only.
    await write({ __name__: 'queue_length', queue: 'mail' }, (m) =>
      m >= 100 && m < 110 ? 20 : m >= 200 && m < 200.5 ? 20 : 1,
    ),
    // Ends while it is long: with a marker, so that it is gone at once.
    await write({ __name__: 'queue_length', queue: 'print' }, (m) =>
      m < 300 ? 20 : m === 300 ? 'stale' : undefined,
    ),
    // Ends without one, as what is no longer scraped: it is seen for five minutes more.
    await write({ __name__: 'queue_length', queue: 'fax' }, (m) => (m <= 400 ? 20 : undefined)),
    await write({ __name__: 'queue_taken_total', queue: 'mail' }, (m) => m * 60 + Math.max(0, m - 120) * 60),
  ])
})
afterAll(async () => {
  await prometheus?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What a backtest shows, and what it remarks. */
async function backtest(what: string, flags: BacktestFlags, more: { url?: string; evaluator?: number } = {}) {
  const [printed, remarked]: string[][] = [[], []]
  await runBacktest(what, flags, {
    env: {
      PROMETHEUS_URL: more.url ?? prometheus.url,
      PROMETHEUS_PORT: 9090,
      ALERT_EVALUATOR_PORT: more.evaluator ?? 1,
      reach: '127.0.0.1',
    },
    nowMs: Date.now(),
    monotonic: () => performance.now(),
    output: {
      print: (text) => void printed?.push(text),
      remark: (text) => void remarked?.push(text),
      colors: pc.createColors(false),
      columns: 100,
    },
  })
  return { text: printed?.join('\n') ?? '', remarks: remarked?.join('\n') ?? '' }
}

const whole: BacktestFlags = { from: String((START + 5 * MINUTE) / 1000), to: String(END / 1000) }
const rules = () => join(folder, 'rules.yml')

/** Episodes as `queue fired-ended`, in minutes after the start. */
async function episodes(rule: string, flags: BacktestFlags = whole) {
  const { text } = await backtest(rules(), { ...flags, rule, json: true })
  const minutes = (time: string | null) => (time === null ? '…' : (Date.parse(time) - START) / MINUTE)
  const found: {
    labels: Record<string, string>
    pendingAt: string
    firedAt: string | null
    endedAt: string | null
  }[] = JSON.parse(text).episodes
  return found.map(
    ({ labels, pendingAt, firedAt, endedAt }) =>
      `${labels['queue']} ${minutes(pendingAt)} ${firedAt === null ? 'unfired' : minutes(firedAt)} ${minutes(endedAt)}`,
  )
}

describe('a backtest of a real Prometheus', () => {
  test('tells when alerts would have fired: for, keep_firing_for, series that end, what was so before', async () => {
    expect((await episodes('QueueLong')).sort()).toEqual([
      // Two minutes longer than the condition, which lasts five minutes longer than the last sample.
      'fax 0 1 407',
      'mail 100 101 112',
      'mail 200 unfired 200.5',
      'print 0 1 302',
    ])
  })

  test('gives the same however the range is cut', async () => {
    const part = (from: number, to: number) =>
      episodes('QueueLong', {
        from: String((START + from * MINUTE) / 1000),
        to: String((START + to * MINUTE) / 1000),
      })
    expect((await part(105, 108)).filter((one) => one.startsWith('mail'))).toEqual(['mail 100 101 …'])
    expect(await part(306, 390)).toEqual(['fax 298 299 …'])
    expect(await part(415, 430)).toEqual([])
  })

  test('a series that ended just before a part is not seen in it', async () => {
    const { selectors } = compile('queue_length{queue="print"}')
    const backend = { url: prometheus.url, headers: {}, advice: '' }
    const part = { fromMs: START + 300 * MINUTE - 5000, toMs: START + 320 * MINUTE }
    const [series, ...others] = await fetchSamples(backend, selectors, part, STEP)
    expect(others).toEqual([])
    const ends = series?.timestamps.length ?? 0
    expect(series?.timestamps[ends - 1]).toBe(START + 300 * MINUTE)
    expect(series && isStaleAt(series.values, ends - 1)).toBe(true)
  })

  test('what a wider selector finds as well is fetched once', async () => {
    const sink = await startHttpSink()
    sink.answer({ status: 200, body: '{"status":"success","data":{"resultType":"matrix","result":[]}}' })
    try {
      const { selectors } = compile('rate(a{b="c"}[1m]) / rate(a[5m]) > 0 and a{b="d",e="f"} or z')
      await fetchSamples(
        { url: sink.url, headers: {}, advice: '' },
        selectors,
        { fromMs: 0, toMs: MINUTE },
        STEP,
      )
      expect(sink.requests.map(({ body }) => new URLSearchParams(body).get('query'))).toEqual([
        '{__name__="a"}[360000ms]',
        '{__name__="z"}[360000ms]',
      ])
    } finally {
      await sink.stop()
    }
  })

  test('looks back as far as ranges do', async () => {
    const [fast, ...others] = await episodes('QueueFast')
    expect(others).toEqual([])
    expect(fast).toMatch(/^mail 120\.\d+ 120\.\d+ …$/)
  })

  test('shows a table, a line for each alert, and what the condition looks at', async () => {
    const { text, remarks } = await backtest(rules(), { ...whole, rule: 'QueueLong' })
    expect(text).toMatch(
      /^QueueLong would have fired 3 times, and would have been pending once without firing: .*, every 15s\n/,
    )
    expect(text).toMatch(/QueueLong\{queue="mail"\} +1m +2026-\S+ \S+ +2026-\S+ \S+ +11m\n/)
    expect(text).toMatch(/QueueLong\{queue="print"\}\n[─█]+·+\n/)
    expect(text).toContain('queue:length:max (limit 10)\n')
    expect(text).toContain('▲')
    expect(remarks).toMatch(
      /^7h55m in \S+ s, \S+ × real time: [\d,]+ samples fetched in \S+ s, 1,\d+ evaluations in \S+ s$/,
    )
  })

  test('says that nothing would have fired, and that there is nothing to look at', async () => {
    const { text, remarks } = await backtest('DatabaseQueriesFail', { ...whole, step: '1m' })
    expect(text).toMatch(/^DatabaseQueriesFail would not have fired: [^\n]*, every 1m$/)
    expect(remarks).toContain('warning: there are no samples of what these alerts look at')
  })

  test('says of a rule that fails how often, and why', async () => {
    expect((await backtest(rules(), { ...whole, rule: 'Clash' })).remarks).toMatch(
      /^warning: Clash failed \d+ times, at first with: vector contains metrics with the same labelset after applying alert labels\n/,
    )
  })

  test.each([
    ['a file that is not there', './nothing.yml', {}, './nothing.yml is not there'],
    ['an alert that the file has not', 'rules', { rule: 'Nope' }, 'has no alert Nope'],
    [
      'what looks at one moment',
      'rules',
      { rule: 'Pinned' },
      'Pinned looks at one moment (@), and cannot be replayed',
    ],
    ['a step that is none', 'api', { step: '0' }, '--step 0 is no duration'],
    ['a range without an end', 'api', { to: 'soon' }, '--to soon is no time'],
  ])('refuses %s', async (_, what, flags, message) => {
    await expect(backtest(what === 'rules' ? rules() : what, flags)).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining(message),
    })
  })

  test('says who does not answer, and how', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    await expect(backtest('api', whole, { url })).rejects.toThrow(`nothing answers at ${url}`)
    const sink = await startHttpSink()
    try {
      sink.answer({ status: 200, body: '{"status":"success","data":{}}' })
      await expect(backtest('api', whole, { url: sink.url })).rejects.toThrow(
        'does not answer as Prometheus does',
      )
      sink.answer({
        status: 422,
        body: '{"status":"error","errorType":"execution","error":"query timed out"}',
      })
      await expect(backtest('api', whole, { url: sink.url })).rejects.toThrow(': query timed out')
    } finally {
      await sink.stop()
    }
  })

  test('fetches less at once when a backend answers only so much', async () => {
    const spans: number[] = []
    const sink = await startHttpSink()
    sink.answerWith(({ body }) => {
      const span = Number(/\[(\d+)ms\]/.exec(new URLSearchParams(body).get('query') ?? '')?.[1])
      spans.push(span)
      const error = 'query processing would load too many samples into memory in query execution'
      return span > 30 * MINUTE
        ? { status: 422, body: JSON.stringify({ status: 'error', errorType: 'execution', error }) }
        : { status: 200, body: '{"status":"success","data":{"resultType":"matrix","result":[]}}' }
    })
    try {
      await backtest(rules(), { ...whole, rule: 'QueueFast' }, { url: sink.url })
      expect(Math.max(...spans)).toBeGreaterThan(30 * MINUTE)
      expect(spans.at(-1)).toBeLessThanOrEqual(30 * MINUTE)
    } finally {
      await sink.stop()
    }
  })
})

test('the collector and the alert evaluator are asked for samples and rules', async () => {
  const nats = await startNats()
  const [collector, evaluator] = await Promise.all([
    startService('collector', { NATS_URL: nats.url }),
    startService('alert-evaluator', { NATS_URL: nats.url, ALERT_RULE_PACKS: 'tocsin' }),
  ])
  const connection = await connect({ servers: nats.url })
  try {
    const evaluatorPort = Number(new URL(evaluator.url).port)
    const custom = {
      name: 'JobsWait',
      expression: 'jobs_waiting > 3',
      for: '1m',
      severity: 'low',
      resolve: 'jobs_waiting < 1',
    }
    const made = await fetch(`${evaluator.url}/api/v1/rules/custom`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(custom),
    })
    expect(made.status).toBe(201)
    const now = Date.now()
    const events = Array.from({ length: 80 }, (_, i) => ({
      name: 'jobs_waiting',
      type: 'gauge',
      value: i >= 20 && i < 40 ? 9 : 0,
      time: new Date(now - (80 - i) * STEP).toISOString(),
    }))
    connection.publish(createSubjects().metrics('test'), JSON.stringify(events))
    await waitFor(
      async () =>
        (await (await fetch(`${collector.url}/api/v1/query?query=jobs_waiting`)).text()).includes(
          'jobs_waiting',
        ),
      { what: 'the samples to be stored' },
    )
    const { text } = await backtest(
      'JobsWait',
      { range: '22m' },
      { url: collector.url, evaluator: evaluatorPort },
    )
    expect(text).toMatch(/^JobsWait would have fired once: /)
    await expect(
      backtest('JobWaits', { range: '22m' }, { url: collector.url, evaluator: evaluatorPort }),
    ).rejects.toThrow(
      /^JobWaits is no rule file, no pack \(agent, api, .*\), and no alert of these or of the running evaluator/,
    )

    const list = async (flags: Partial<ListFlags>) => {
      const lines: string[] = []
      const say = (line: string) => void lines.push(line)
      const env = { ALERT_EVALUATOR_PORT: evaluatorPort, reach: '127.0.0.1' }
      const output = { print: say, remark: say, colors: pc.createColors(false), columns: 100 }
      await runList({ sort: 'group', ...flags }, env, Date.now(), output)
      return lines.join('\n')
    }
    await waitFor(async () => !(await list({})).includes('unknown'), { what: 'every rule to be evaluated' })
    const all = await list({})
    expect(all).toMatch(/group +rule +state +alerts +health +took +last\n/)
    expect(all).toMatch(
      /pack:tocsin tocsin-services +ServiceSilent +inactive +ok +\d+\.\d\d ms +\d+(\.\d)? s ago\n/,
    )
    expect(all).toMatch(/JobsWait +inactive/)
    expect(all).toMatch(/\n(\d+) of \1 rules$/)
    expect(await list({ state: 'firing' })).toMatch(/^0 of \d+ rules$/)
    expect(JSON.parse(await list({ json: true, sort: 'time' }))).toContainEqual(
      expect.objectContaining({ name: 'JobsWait', duration: 60, health: 'ok' }),
    )
    await expect(list({ state: 'burning' })).rejects.toThrow('--state burning: there are firing, pending,')
    await expect(list({ url: `http://127.0.0.1:${await freePort()}` })).rejects.toThrow('is --url right?')
  } finally {
    await connection.close()
    await Promise.all([collector.stop(), evaluator.stop()])
    await nats.stop()
  }
})
