import { request as httpRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { CONTRACT_VERSION, type MetricBatch } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBus } from './open-bus.ts'
import { decodeAnswer, encodeJson, encodeProtobuf, type OtlpRequest } from './otlp/encode-otlp.ts'
import { untilValue, valuesOf } from './otlp/query.ts'
import { readValue, scrape } from './read-exposition.ts'

failOnLeaks({ beforeAll, afterAll })

const MAX_BYTES = 100_000

let nats: Server
let collector: ServiceUnderTest
let bus: Bus

beforeAll(async () => {
  nats = await startNats()
  collector = await startService('collector', { NATS_URL: nats.url, OTLP_MAX_BYTES: String(MAX_BYTES) })
  bus = await openBus(nats.url)
})

afterAll(async () => {
  await bus?.close()
  await collector?.stop()
  await nats?.stop()
})

interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
  readonly json: unknown
}

async function post(
  path: string,
  body: Uint8Array,
  type = 'application/json',
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const response = await fetch(urlOf(path), {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: new Uint8Array(body),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  const isJson = response.headers.get('content-type') === 'application/json'
  return {
    status: response.status,
    headers: response.headers,
    body: bytes,
    json: isJson ? JSON.parse(bytes.toString()) : undefined,
  }
}

const urlOf = (path: string) => `http://127.0.0.1:${collector.ports['OTLP_PORT']}${path}`
const PROTOBUF = 'application/x-protobuf'
/** No two the same, as with clocks of nanoseconds: what is the same counts once. */
let ticks = 0
const nano = (ms = Date.now()) => `${ms}${String(ticks++ % 1_000_000).padStart(6, '0')}`
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })

function metricsOf(service: string, metrics: readonly OtlpRequest[]): OtlpRequest {
  const resource = { attributes: [text('service.name', service), text('service.instance.id', 'i1')] }
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }
}

const counter = (name: string, asInt: number, temporality = 1): OtlpRequest => ({
  name,
  sum: {
    aggregationTemporality: temporality,
    isMonotonic: true,
    dataPoints: [{ timeUnixNano: nano(), asInt }],
  },
})

let ids = 0
function spansOf(service: string, names: readonly string[], more: OtlpRequest = {}): OtlpRequest {
  const endMs = Date.now()
  const spans = names.map((name) => ({
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: (++ids).toString(16).padStart(16, '0'),
    name,
    kind: 2,
    startTimeUnixNano: nano(endMs - 7),
    endTimeUnixNano: nano(endMs),
    ...more,
  }))
  const resource = { attributes: [text('service.name', service)] }
  return { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }
}

const requestsTotal = async (signal: string, outcome: string) =>
  readValue(
    await scrape(collector.url),
    `tocsin_otlp_requests_total{outcome="${outcome}",signal="${signal}"}`,
  ) ?? 0

describe('an answer', () => {
  test('is empty when everything is stored, in the encoding of the request', async () => {
    const one = metricsOf('answers', [counter('answered', 1)])
    expect(await post('/v1/metrics', encodeJson(one))).toMatchObject({ status: 200, json: {} })
    const protobuf = await post('/v1/metrics', encodeProtobuf('MetricsRequest', one), PROTOBUF)
    expect(protobuf).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect(protobuf.headers.get('content-type')).toBe(PROTOBUF)
    const empty = await post('/v1/traces', Buffer.alloc(0), PROTOBUF)
    expect(empty).toMatchObject({ status: 200, body: Buffer.alloc(0) })
  })

  test('says how many points are refused and why; the others are stored', async () => {
    const named = (name: string, time: string) => ({
      name,
      gauge: { dataPoints: [{ timeUnixNano: time, asDouble: 1.5 }] },
    })
    const request = metricsOf('partly', [
      named('taken', nano()),
      named('ancient', nano(Date.now() - 86_400_000)),
      named('...', nano()),
    ])
    const protobuf = await post('/v1/metrics', encodeProtobuf('MetricsRequest', request), PROTOBUF)
    expect(protobuf.status).toBe(200)
    expect(decodeAnswer('ExportResponse', protobuf.body)).toEqual({
      partialSuccess: {
        rejected: 2,
        errorMessage: expect.stringMatching(/^1 × too_old: metric ancient: .*; 1 × invalid_name: no name/),
      },
    })
    await untilValue(collector.url, 'taken{service="partly",instance="i1"}', 1.5)
    const logged = await collector.waitForLog(({ reason }) => reason === 'too_old')
    expect(logged).toMatchObject({ count: 1, detail: expect.stringContaining('ancient') })
    const exposition = await scrape(collector.url)
    expect(readValue(exposition, 'tocsin_otlp_points_total{outcome="refused",reason="too_old"}')).toBe(1)
  })

  test('names a metric that is known as another type', async () => {
    await post('/v1/metrics', encodeJson(metricsOf('types', [counter('both_total', 1)])))
    await untilValue(collector.url, 'both_total', 1)
    const gauge = { name: 'both_total', gauge: { dataPoints: [{ timeUnixNano: nano(), asInt: 5 }] } }
    expect(await post('/v1/metrics', encodeJson(metricsOf('types', [gauge])))).toMatchObject({
      status: 200,
      json: {
        partialSuccess: {
          rejectedDataPoints: '1',
          errorMessage:
            '1 × type_conflict: metric both_total is published as counter and as gauge: rename one of them',
        },
      },
    })
  })
})

describe('what can never work', () => {
  const body = encodeJson(spansOf('never', ['never']))

  test.each<[string, string, Uint8Array, string, Record<string, string>, number, RegExp]>([
    ['logs', '/v1/logs', body, 'application/json', {}, 404, /OTEL_LOGS_EXPORTER=none/],
    ['another path', '/traces', body, 'application/json', {}, 404, /traces to \/v1\/traces/],
    ['another type', '/v1/traces', body, 'text/plain', {}, 415, /send application\/x-protobuf/],
    [
      'another compression',
      '/v1/traces',
      body,
      'application/json',
      { 'content-encoding': 'br' },
      415,
      /gzip/,
    ],
    ['no gzip', '/v1/traces', body, 'application/json', { 'content-encoding': 'gzip' }, 400, /decompressed/],
    [
      'half of gzip',
      '/v1/traces',
      gzipSync(body).subarray(0, 60),
      'application/json',
      { 'content-encoding': 'gzip' },
      400,
      /decompressed/,
    ],
    ['no JSON', '/v1/traces', Buffer.from('{'), 'application/json', {}, 400, /no OTLP message in JSON/],
    [
      'deep JSON',
      '/v1/traces',
      Buffer.from(`{"x":${'['.repeat(50_000)}`),
      'application/json',
      {},
      400,
      /levels deep/,
    ],
    ['too much', '/v1/metrics', Buffer.alloc(MAX_BYTES + 1), 'application/json', {}, 413, /OTLP_MAX_BYTES/],
    [
      'a bomb',
      '/v1/metrics',
      gzipSync(Buffer.alloc(50_000_000)),
      'application/json',
      { 'content-encoding': 'gzip' },
      413,
      /OTLP_MAX_BYTES/,
    ],
  ])('is refused with its reason: %s', async (_, path, sent, type, headers, status, message) => {
    const answer = await post(path, sent, type, headers)
    expect(answer).toMatchObject({
      status,
      json: { code: expect.any(Number), message: expect.stringMatching(message) },
    })
    expect(answer.headers.get('retry-after')).toBeNull()
  })

  test('is told in protobuf to who speaks that', async () => {
    const answer = await post('/v1/traces', Buffer.from([0x0a, 0xff]), PROTOBUF)
    expect(answer.status).toBe(400)
    expect(decodeAnswer('RpcStatus', answer.body)).toEqual({
      code: 3,
      message: expect.stringContaining('no OTLP message in protobuf'),
    })
    const logs = await post('/v1/logs', Buffer.alloc(3), PROTOBUF)
    expect(decodeAnswer('RpcStatus', logs.body)).toMatchObject({ code: 12 })
  })

  test('is another method', async () => {
    const answer = await fetch(urlOf('/v1/traces'))
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    await answer.body?.cancel()
  })

  test('is a body of few bytes that comes to very much', async () => {
    const dataPoints = Array.from({ length: 3000 }, () => ({ timeUnixNano: nano(), asInt: 1 }))
    const resource = {
      attributes: [text('service.name', 'wide'), text('service.instance.id', 'x'.repeat(4000))],
    }
    const request = {
      resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'wide', gauge: { dataPoints } }] }] }],
    }
    const answer = await post('/v1/metrics', encodeProtobuf('MetricsRequest', request), PROTOBUF)
    expect(answer.status).toBe(413)
    expect(decodeAnswer('RpcStatus', answer.body)).toMatchObject({
      message: expect.stringContaining('with its labels is over 800000 characters'),
    })
  })

  test('is a body that does not say how long it is, and is too long', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
      const sending = httpRequest(urlOf('/v1/metrics'), { method: 'POST', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sending.on('error', reject)
      sending.write(Buffer.alloc(MAX_BYTES, ' '))
      sending.end(Buffer.alloc(10, ' '))
    })
    expect(status).toBe(413)
  })

  test('harms nobody, whatever the bytes', async () => {
    const good = encodeProtobuf('TraceRequest', spansOf('hostile', ['a', 'b']))
    const statuses = new Set<number>()
    for (let i = 0; i < 300; i++) {
      const spoilt = Buffer.from(good)
      for (let k = 0; k <= i % 5; k++)
        spoilt[(i * 7919 + k * 104_729) % good.length] = (i * 31 + k * 17) % 256
      const cut = i % 3 === 0 ? spoilt.subarray(0, (i * 97) % good.length) : spoilt
      statuses.add((await post(i % 2 ? '/v1/traces' : '/v1/metrics', cut, PROTOBUF)).status)
    }
    expect([...statuses].sort()).toEqual([200, 400])
    const fine = encodeJson(metricsOf('hostile', [counter('survived', 1)]))
    expect(await post('/v1/metrics', fine)).toMatchObject({ status: 200 })
    await untilValue(collector.url, 'survived_total', 1)
    expect(collector.logs.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })
})

test('what is sent again counts once, compressed or not', async () => {
  const repeated = await requestsTotal('metrics', 'repeated')
  const body = encodeProtobuf('MetricsRequest', metricsOf('again', [counter('again', 5)]))
  await post('/v1/metrics', body, PROTOBUF)
  await post('/v1/metrics', body, PROTOBUF)
  await post('/v1/metrics', gzipSync(body), PROTOBUF, { 'content-encoding': 'gzip' })
  await post('/v1/metrics', encodeJson(metricsOf('again', [counter('after', 1)])))
  await untilValue(collector.url, 'after_total', 1)
  expect(await valuesOf(collector.url, 'again_total')).toEqual(['5'])
  expect(await requestsTotal('metrics', 'repeated')).toBe(repeated + 2)
})

test('many requests at once are all counted', async () => {
  const names = Array.from({ length: 50 }, (_, i) => `operation ${i % 10}`)
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => post('/v1/traces', encodeJson(spansOf('busy', names)))),
  )
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  await untilValue(collector.url, 'sum(traces_span_metrics_calls_total{service="busy"})', 2000)
  await untilValue(
    collector.url,
    'sum(increase(traces_span_metrics_calls_total{service="busy"}[5m])) > bool 1900',
    1,
  )
})

test('exemplars lead from a bucket to a trace', async () => {
  await post('/v1/traces', encodeJson(spansOf('traced', ['slow'])))
  await untilValue(collector.url, 'traces_span_metrics_calls_total{service="traced"}', 1)
  const params = new URLSearchParams({
    query: 'traces_span_metrics_duration_milliseconds_bucket{service="traced"}',
    start: String(Date.now() / 1000 - 600),
    end: String(Date.now() / 1000 + 600),
  })
  await waitFor(async () => {
    const response = await fetch(`${collector.url}/api/v1/query_exemplars?${params}`)
    expect(await response.json()).toMatchObject({
      data: [
        {
          exemplars: [
            {
              labels: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
              value: expect.stringMatching(/^[67]/),
            },
          ],
        },
      ],
    })
    return true
  })
})

test('requests are counted once where the application publishes them itself', async () => {
  const http = { attributes: [text('http.request.method', 'GET'), text('http.route', '/a')] }
  const sdk: MetricBatch = {
    v: CONTRACT_VERSION,
    id: 'sdk-1',
    time: new Date().toISOString(),
    source: 'twice',
    metrics: [{ name: 'http_requests_total', type: 'counter' }],
    series: [
      [0, { service: 'twice', instance: 'twice@host:1', method: 'GET', route: '/a', status_code: '200' }],
    ],
    samples: [[0, 3]],
  }
  await bus.publish(bus.subjects.metrics('twice'), sdk)
  await untilValue(collector.url, 'http_requests_total{service="twice"}', 3)
  await post('/v1/traces', encodeJson(spansOf('twice', ['GET /a', 'GET /a'], http)))
  await post('/v1/traces', encodeJson(spansOf('once', ['GET /a', 'GET /a'], http)))
  await untilValue(collector.url, 'http_requests_total{service="once"}', 2)
  await untilValue(collector.url, 'sum(http_requests_total{service="twice"})', 3)
  await untilValue(collector.url, 'traces_span_metrics_calls_total{service="twice"}', 2)
})

test('while NATS is away the sender is asked to come again; nothing is lost or counted twice', async () => {
  const bodies = Array.from({ length: 20 }, (_, i) => ({
    path: i % 2 ? '/v1/traces' : '/v1/metrics',
    body: encodeJson(
      i % 2
        ? spansOf('away', ['step', 'step'], { status: { code: 2 } })
        : metricsOf('away', [counter('steps', 3)]),
    ),
  }))
  let refused = 0
  /** As an exporter does: the same bytes again, for as long as the answer says that this may help. */
  const deliver = ({ path, body }: (typeof bodies)[number]) =>
    waitFor(
      async () => {
        const answer = await post(path, body)
        if (answer.status === 200) return true
        expect(answer).toMatchObject({ status: 503, json: { code: 14 } })
        expect(answer.headers.get('retry-after')).toBe('2')
        refused++
        return false
      },
      { what: 'a request to be stored', timeoutMs: 40_000 },
    )
  const begun = bodies.slice(0, 10).map(deliver)
  await nats.kill()
  await waitFor(() => refused > 0, { what: 'a refusal' })
  const later = bodies.slice(10).map(deliver)
  await nats.restart()
  await Promise.all([...begun, ...later])
  await untilValue(collector.url, 'steps_total{service="away"}', 30)
  await untilValue(collector.url, 'sum(traces_span_metrics_calls_total{service="away"})', 20)
  const { state } = await bus.jsm.streams.info('SPANS', { subjects_filter: bus.subjects.spans('away') })
  expect(state.subjects).toEqual({ [bus.subjects.spans('away')]: 20 })
}, 60_000)

test('a restart of the collector keeps the sums', async () => {
  await collector.kill()
  await collector.restart()
  await untilValue(collector.url, 'steps_total{service="away"}', 30)
  await post('/v1/metrics', encodeJson(metricsOf('away', [counter('steps', 3)])))
  await untilValue(collector.url, 'steps_total{service="away"}', 33)
})

test('beyond the limit of label sets, spans are counted in one series, said once and alertable', async () => {
  await collector.restart({ SPAN_METRICS_MAX_SERIES: '5' })
  const names = Array.from({ length: 20 }, (_, i) => `GET /item/${i}`)
  expect(await post('/v1/traces', encodeJson(spansOf('wide', names)))).toMatchObject({ status: 200 })
  await untilValue(
    collector.url,
    'traces_span_metrics_calls_total{service="wide",otel_metric_overflow="true"}',
    15,
  )
  await untilValue(collector.url, 'sum(traces_span_metrics_calls_total{service="wide"})', 20)
  const logged = await collector.waitForLog(({ source }) => source === 'wide')
  expect(logged).toMatchObject({ metric: 'traces_span_metrics_calls_total', maxSeries: 5 })
  const overflow =
    'tocsin_span_metrics_overflow_total{metric="traces_span_metrics_calls_total",source="wide"}'
  expect(readValue(await scrape(collector.url), overflow)).toBe(15)
})
