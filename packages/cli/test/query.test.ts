import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
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
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatTime } from '../src/query/format-number.ts'
import { type QueryFlags, runQuery } from '../src/query/run-query.ts'

failOnLeaks({ beforeAll, afterAll })

const main = join(import.meta.dirname, '../src/main.ts')

/** Runs `tocsin query <args>` as its own process. */
function tocsinQuery(url: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, NO_COLOR: '1', PROMETHEUS_URL: url }
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'query', ...args], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    )
  })
}

/** What it shows, asked from within this process. */
async function show(expr: string, flags: QueryFlags, url = prometheus.url): Promise<string> {
  const printed: string[] = []
  const env = { PROMETHEUS_URL: url, PROMETHEUS_PORT: 9090, reach: 'localhost' }
  const output = {
    print: (text: string) => printed.push(text),
    remark: (text: string) => printed.push(text),
    colors: pc.createColors(false),
    columns: 80,
  }
  try {
    await runQuery(expr, flags, env, Date.now(), output)
  } catch (error) {
    printed.push(String(error))
  }
  return printed.join('\n')
}

const START = Date.UTC(2026, 0, 31, 9)
const END = START + 600_000
const seconds = (ms: number) => String(ms / 1000)

let prometheus: Server

beforeAll(async () => {
  prometheus = await startPrometheus()
  const timestamps = Array.from({ length: 41 }, (_, i) => START + i * 15_000)
  const write = (labels: Record<string, string>, valueAt: (i: number) => number) => ({
    labels,
    timestamps,
    values: Float64Array.from(timestamps, (_, i) => valueAt(i)),
  })
  await remoteWrite(prometheus.url, [
    write({ __name__: 'requests_total', code: '200' }, (i) => i * 30),
    write({ __name__: 'requests_total', code: '500' }, (i) => i * 1.5),
    write({ __name__: 'flag' }, () => Infinity),
    ...Array.from({ length: 9 }, (_, i) => write({ __name__: 'many', i: String(i) }, () => i)),
  ])
})

afterAll(() => prometheus?.stop())

describe('tocsin query of a real Prometheus', () => {
  test.each([
    [
      'requests_total',
      ` series                       value
 requests_total{code="200"}    1200
 requests_total{code="500"}      60

2 series at ${formatTime(END)}`,
    ],
    ['1 + 1', '2'],
    ['"text"', 'text'],
    [
      'requests_total{code="200"}[20s]',
      ` requests_total{code="200"}   value
 ${formatTime(END - 15_000)}.000       1170
 ${formatTime(END)}.000       1200

1 series, 2 samples`,
    ],
    ['nothing', `no series at ${formatTime(END)}`],
  ])('shows %s at one moment', async (expr, expected) => {
    expect(await show(expr, { time: seconds(END) })).toBe(expected)
  })

  test('draws a range, and says what it shows', async () => {
    const shown = await show('requests_total{code="200"}', { range: '10m', to: seconds(END) })
    const [top = '', first] = shown.split('\n')
    expect(top.trim()).toBe('▲')
    expect(first).toMatch(/^ *1200┤ +┏?━+$/)
    expect(shown).toMatch(/━━ +requests_total\{code="200"\} +0 +1200 +1200\n/)
    expect(shown).toContain(`\n1 series, ${formatTime(START)} to ${formatTime(END)}, every 8s`)
  })

  test('counts the series that are too many, and names those that have nothing to draw', async () => {
    const range = { from: seconds(START), to: seconds(END), step: '1m' }
    const many = await show('many', range)
    expect(many).toContain('6 of 9 series, ')
    expect(many).toContain('the other 3 are not shown')
    expect(many.match(/▲/g)).toHaveLength(6)
    const infinite = await show('flag', range)
    expect(infinite).toMatch(/━━ +flag +\+Inf +\+Inf +\+Inf\n/)
    expect(infinite).not.toContain('▲')
    expect(await show('nothing', range)).toBe(`no series from ${formatTime(START)} to ${formatTime(END)}`)
  })

  test('gives the answer as it came with --json, also when it is an error', async () => {
    const time = seconds(END)
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=requests_total&time=${time}`)
    expect(await show('requests_total', { time, json: true })).toBe(await answer.text())
    expect(await show('sum(', { json: true })).toMatch(/^\{"status":"error",.*\}\nCliError: 1:5: parse error/)
  })

  test('points at what does not parse', async () => {
    expect((await show('rate(foo[5m]) by', {})).split('\n')).toEqual([
      expect.stringMatching(/^CliError: 1:15: parse error: unexpected <by>/),
      '',
      '  rate(foo[5m]) by',
      '                ^',
    ])
  })

  test('says in Prometheus’ words why a query failed', async () => {
    expect(await show('requests_total + on () many', { time: seconds(END) })).toMatch(
      /^CliError: found duplicate series for the match group/,
    )
  })
})

describe('tocsin query', () => {
  test('asks the collector for what was published on NATS, and shows its warnings beside the answer', async () => {
    const nats = await startNats()
    const collector = await startService('collector', { NATS_URL: nats.url })
    const connection = await connect({ servers: nats.url })
    try {
      const event = { name: 'orders', type: 'gauge', value: 7, labels: { region: 'eu' } }
      connection.publish(createSubjects().metrics('shop'), JSON.stringify(event))
      await waitFor(async () => (await show('orders', {}, collector.url)).includes('region'), {
        what: 'the event to be answered',
      })
      const shown = await tocsinQuery(collector.url, 'quantile(2, orders) or orders')
      expect(shown.out).toMatch(/^ \{\} +\+Inf\n orders\{region="eu"\} +7\n/m)
      expect(shown.err).toMatch(/^warning: PromQL warning: quantile value should be between 0 and 1/)
      expect(await show('rate(orders[5m]', {}, collector.url)).toContain('\n  rate(orders[5m]\n')
    } finally {
      await connection.close()
      await collector.stop()
      await nats.stop()
    }
  })

  test('says in one line that nobody answers, or somebody else', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const away = `nothing answers at ${url} (ECONNREFUSED): is`
    expect(await show('up', { url })).toBe(`CliError: ${away} --url right?`)
    const err = `tocsin: ${away} PROMETHEUS_URL right?\n`
    expect(await tocsinQuery(url, 'up')).toEqual({ code: 1, out: '', err })
    const sink = await startHttpSink()
    try {
      sink.answer({ status: 404, body: '<html>' })
      const { host } = new URL(sink.url)
      expect(await show('up', {}, `http://me:se%20cret@${host}/mimir`)).toBe(
        `CliError: http://${host}/mimir does not answer as Prometheus does (HTTP 404 Not Found): is PROMETHEUS_URL right?`,
      )
      expect(sink.requests[0]?.headers['authorization']).toBe(`Basic ${btoa('me:se cret')}`)
    } finally {
      await sink.stop()
    }
  })

  test('a reader who leaves early, as `| head` does, is no fault', async () => {
    const child = spawn(process.execPath, [main, 'query', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    const said: unknown[] = []
    child.stderr.on('data', (data) => said.push(String(data)))
    const [code] = await once(child, 'close')
    expect({ code, said }).toEqual({ code: 0, said: [] })
  })

  test.each([
    [['up', '--step', '5s'], 'tocsin: --step needs --range or --from\n'],
    [['up', '--nope'], "tocsin: unknown option '--nope'\n--help says what there is.\n"],
  ])('ends with 2 for %o', async (args, err) => {
    expect(await tocsinQuery('', ...args)).toEqual({ code: 2, out: '', err })
  })
})
