import { type MetricBatch, metricBatch, spanEvent } from '@tocsin/contract'
import { createHead, createIngester, type Head } from '@tocsin/tsdb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryTraces } from '../../../test/otlp/arbitrary-otlp.ts'
import { encodeJson, encodeProtobuf, type OtlpRequest } from '../../../test/otlp/encode-otlp.ts'
import type { Encoding } from '../decode/open-body.ts'
import { readTraces } from '../decode/read-traces.ts'
import { type BuiltInMode, createBuiltInChoice } from './choose-built-in.ts'
import { createEventBudget } from './event-budget.ts'
import { createObserveSpan } from './observe-span.ts'
import { createSeriesLimit } from './series-limit.ts'
import { type TranslatedTraces, translateTraces, wantedKeys } from './translate-traces.ts'

const NOW = Date.UTC(2026, 2, 1, 12)

interface Setup {
  readonly dimensions?: readonly string[]
  readonly maxSeries?: number
  readonly builtIn?: BuiltInMode
  readonly eventsPerSecond?: number
  readonly head?: Head
}

/** Translations that share what they know, one after the other. */
function createTranslator(setup: Setup = {}) {
  const { dimensions = [], maxSeries = 100, builtIn = 'on', eventsPerSecond = 50, head } = setup
  const knowledge = {
    observeSpan: createObserveSpan(dimensions),
    chooseBuiltIn: createBuiltInChoice(builtIn, () => head),
    limit: createSeriesLimit(maxSeries),
    budget: createEventBudget(eventsPerSecond),
  }
  return (body: Buffer, { encoding = 'json' as Encoding, nowMs = NOW } = {}): TranslatedTraces => {
    const spans = readTraces(body, encoding, wantedKeys(dimensions))
    const steps = translateTraces(spans, knowledge, { id: 'id', nowMs, maxLength: 100_000, onMessage() {} })
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
    }
  }
}

function batchesOf({ batches }: TranslatedTraces): MetricBatch[] {
  return batches.flatMap(({ messages }) => messages.map(({ json }) => JSON.parse(json)))
}

/** What a head holds after that, as `name{labels}` and values. */
function levelsOf(translated: TranslatedTraces): Record<string, number> {
  const head = createHead()
  const ingester = createIngester(head)
  for (const batch of batchesOf(translated)) {
    const outcome = ingester.ingest(metricBatch.parse(batch), { receivedAtMs: NOW, source: batch.source })
    expect(outcome.refused).toEqual([])
  }
  return Object.fromEntries(
    head
      .series()
      .map(({ name, labels: { __name__: _, service: _service, ...labels }, lastValue }) => [
        `${name}{${Object.entries(labels).map(([label, value]) => `${label}="${value}"`)}}`,
        lastValue,
      ]),
  )
}

const attributesOf = (values: Readonly<Record<string, string | number>>) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
  }))

interface SentSpan {
  readonly name?: string
  readonly kind?: number
  readonly status?: number
  readonly ms?: number
  readonly flags?: number
  readonly parentSpanId?: string
  readonly attributes?: Readonly<Record<string, string | number>>
}

let spanIds = 0
function spanOf({ ms = 5, status = 0, attributes = {}, ...fields }: SentSpan): OtlpRequest {
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: (++spanIds).toString(16).padStart(16, '0'),
    name: 'work',
    kind: 1,
    startTimeUnixNano: `${NOW - 10_000}000000`,
    endTimeUnixNano: `${NOW - 10_000 + ms}000000`,
    status: { code: status },
    attributes: attributesOf(attributes),
    ...fields,
  }
}

const request = (spans: readonly SentSpan[], resource: Readonly<Record<string, string>> = {}) =>
  encodeJson({
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'shop', ...resource }) },
        scopeSpans: [{ spans: spans.map(spanOf) }],
      },
    ],
  })

describe('every span', () => {
  it('is counted and timed under the names of the spanmetrics connector', () => {
    const translated = createTranslator()(
      request([{ ms: 3 }, { ms: 30 }, { ms: 30_000, kind: 2, status: 2 }, { ms: -4, kind: 2, status: 1 }]),
    )
    const of = (kind: string, status: string) =>
      `service_name="shop",span_kind="SPAN_KIND_${kind}",span_name="work",status_code="STATUS_CODE_${status}"`
    const levels = levelsOf(translated)
    expect(levels[`traces_span_metrics_calls_total{${of('INTERNAL', 'UNSET')}}`]).toBe(2)
    expect(levels[`traces_span_metrics_calls_total{${of('SERVER', 'ERROR')}}`]).toBe(1)
    const duration = 'traces_span_metrics_duration_milliseconds'
    const bucket = (le: string) => levels[`${duration}_bucket{le="${le}",${of('INTERNAL', 'UNSET')}}`]
    expect(['2', '4', '10', '50', '+Inf'].map(bucket)).toEqual([0, 1, 1, 2, 2])
    expect(levels[`${duration}_sum{${of('INTERNAL', 'UNSET')}}`]).toBe(33)
    expect(levels[`${duration}_sum{${of('SERVER', 'OK')}}`]).toBe(0)
    expect(translated).toMatchObject({ counted: 4, countedBySdk: 0, overflows: [] })
  })

  it('has attributes as labels that are asked for, its own before those of its resource', () => {
    const translate = createTranslator({ dimensions: ['tenant.id', 'cloud.region', 'span_name', '!'] })
    const [batch] = batchesOf(
      translate(request([{ attributes: { 'tenant.id': 'a' } }], { 'tenant.id': 'b', 'cloud.region': 'eu' })),
    )
    expect(batch?.series[0]?.[1]).toEqual({
      service: 'shop',
      service_name: 'shop',
      span_name: 'work',
      span_kind: 'SPAN_KIND_INTERNAL',
      status_code: 'STATUS_CODE_UNSET',
      tenant_id: 'a',
      cloud_region: 'eu',
    })
  })

  it('may be an exemplar: the slowest of each bucket, of those of one request', () => {
    const [batch] = batchesOf(createTranslator()(request([{ ms: 3 }, { ms: 4 }, { ms: 3 }, { ms: 60 }])))
    expect(batch?.exemplars?.map(([, { trace_id }, value, time]) => [trace_id, value, time])).toEqual([
      ['4bf92f3577b34da6a3ce929d0e0e4736', 4, NOW - 9996],
      ['4bf92f3577b34da6a3ce929d0e0e4736', 60, NOW - 9940],
    ])
  })

  it('gives the same in protobuf and JSON, and nothing that the contract does not take', () => {
    fc.assert(
      fc.property(arbitraryTraces, (any) => {
        const json = createTranslator()(encodeJson(any))
        const encoding = 'protobuf'
        const protobuf = createTranslator()(encodeProtobuf('TraceRequest', any), { encoding })
        expect({ ...protobuf, batches: batchesOf(protobuf) }).toEqual({ ...json, batches: batchesOf(json) })
        for (const batch of batchesOf(json)) expect(metricBatch.parse(batch)).toEqual(batch)
        for (const event of json.events) expect(spanEvent.parse(event)).toEqual(event)
      }),
      { numRuns: 300 },
    )
  })

  it('has a name that is cut where it is too long, and counts with others that begin alike', () => {
    const name = 'n'.repeat(256)
    const [batch] = batchesOf(createTranslator()(request([{ name: `${name}1` }, { name: `${name}2` }])))
    expect(batch?.series.map(([, { span_name }]) => span_name)).toEqual([name, name])
    expect(batch?.samples[0]).toEqual([0, 2, NOW])
  })

  it('that its application has counted is left out', () => {
    const translated = createTranslator()(request([{ status: 2 }, {}], { 'tocsin.sdk': 'true' }))
    expect(translated).toMatchObject({ counted: 0, countedBySdk: 2, events: [] })
    expect(batchesOf(translated)).toEqual([])
  })
})

describe('label sets beyond the limit', () => {
  it('are one series, and the same ones in every request', () => {
    const translate = createTranslator({ maxSeries: 2 })
    const named = (names: readonly string[]) => request(names.map((name) => ({ name })))
    const first = translate(named(['a', 'b', 'c', 'd', 'd']))
    expect(first.overflows).toEqual([
      { service: 'shop', metric: 'traces_span_metrics_calls_total', spans: 3 },
    ])
    const calls = (translated: TranslatedTraces) =>
      Object.entries(levelsOf(translated)).filter(([name]) => name.includes('calls_total'))
    const known = (name: string) =>
      `traces_span_metrics_calls_total{service_name="shop",span_kind="SPAN_KIND_INTERNAL",span_name="${name}",status_code="STATUS_CODE_UNSET"}`
    const over = 'traces_span_metrics_calls_total{otel_metric_overflow="true",service_name="shop"}'
    expect(calls(first)).toEqual([
      [known('a'), 1],
      [known('b'), 1],
      [over, 3],
    ])
    expect(calls(translate(named(['c', 'b'])))).toEqual([
      [over, 1],
      [known('b'), 1],
    ])
  })

  it('have room again when others were not seen for long', () => {
    const limit = createSeriesLimit(1)
    const hour = 3_600_000
    expect(limit.admit('shop', 'm', 'a', NOW)).toBe(true)
    expect(limit.admit('shop', 'm', 'b', NOW + hour)).toBe(false)
    expect(limit.admit('cart', 'm', 'b', NOW + hour)).toBe(true)
    expect(limit.admit('shop', 'm', 'b', NOW + 2 * hour)).toBe(true)
    expect(limit.admit('shop', 'm', 'a', NOW + 2 * hour)).toBe(false)
    expect(limit.size()).toBe(2)
  })
})

it('label sets of the service that was seen least recently are forgotten when there are too many', () => {
  const limit = createSeriesLimit(2, 4)
  for (const service of ['a', 'b', 'c']) for (const set of ['x', 'y']) limit.admit(service, 'm', set, NOW)
  expect(limit.size()).toBe(4)
  expect(limit.admit('c', 'm', 'z', NOW)).toBe(false)
  expect(limit.admit('a', 'm', 'z', NOW)).toBe(true)
})

const BUILT_INS: readonly (readonly [string, SentSpan, Readonly<Record<string, number>>])[] = [
  [
    'a request, by stable names',
    {
      kind: 2,
      ms: 150,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/orders',
        'http.response.status_code': 201,
        'url.path': '/orders',
      },
    },
    {
      'http_requests_total{method="POST",route="/orders",status_code="201"}': 1,
      'http_request_duration_seconds_sum{method="POST",route="/orders",status_code="201"}': 0.15,
    },
  ],
  [
    'a request, by the names before those, without a route',
    { kind: 2, attributes: { 'http.method': 'get', 'http.target': '/x?y', 'http.status_code': 404 } },
    { 'http_requests_total{method="GET",route="unmatched",status_code="404"}': 1 },
  ],
  [
    'a request of a method that strangers make up, and that was not answered',
    { kind: 2, attributes: { 'http.request.method': 'BREW' } },
    { 'http_requests_total{method="_OTHER",route="unmatched"}': 1 },
  ],
  ['no request: a call to another service', { kind: 3, attributes: { 'http.request.method': 'GET' } }, {}],
  [
    'no request: a part of one in the same process',
    { kind: 2, flags: 0x100, parentSpanId: '00f067aa0ba902b7', attributes: { 'http.request.method': 'GET' } },
    {},
  ],
  [
    'a request that came from another process',
    { kind: 2, flags: 0x300, parentSpanId: '00f067aa0ba902b7', attributes: { 'http.request.method': 'GET' } },
    { 'http_requests_total{method="GET",route="unmatched"}': 1 },
  ],
  [
    'a query, by stable names',
    {
      kind: 3,
      ms: 20,
      attributes: {
        'db.system.name': 'postgresql',
        'db.operation.name': 'SELECT',
        'db.collection.name': 'items',
      },
    },
    {
      'db_queries_total{operation="SELECT",status="success",table="items"}': 1,
      'db_query_duration_seconds_sum{operation="SELECT",table="items"}': 0.02,
    },
  ],
  [
    'a query that failed, by the names before those',
    {
      kind: 3,
      status: 2,
      attributes: { 'db.system': 'mysql', 'db.operation': 'INSERT', 'db.sql.table': 'o' },
    },
    { 'db_queries_total{operation="INSERT",status="error",table="o"}': 1 },
  ],
  [
    'a query whose statement alone says what it does',
    { kind: 3, attributes: { 'db.system': 'postgresql', 'db.statement': ' select * from t where id = 7' } },
    { 'db_queries_total{operation="SELECT",status="success"}': 1 },
  ],
  [
    'a command',
    { kind: 3, attributes: { 'db.system.name': 'redis', 'db.query.text': 'HGET k f' } },
    { 'db_queries_total{operation="HGET",status="success"}': 1 },
  ],
  ['no query: connecting', { kind: 3, attributes: { 'db.system': 'postgresql', 'db.name': 'shop' } }, {}],
  [
    'messages, by stable names',
    {
      kind: 4,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'orders',
        'messaging.batch.message_count': 5,
      },
    },
    {
      'messaging_messages_total{destination="orders",operation="send",status="success",system="kafka"}': 5,
      'messaging_operation_duration_seconds_count{destination="orders",operation="send",system="kafka"}': 1,
    },
  ],
  [
    'a message, by the names before those, from a queue that somebody made up',
    {
      kind: 5,
      attributes: {
        'messaging.system': 'nats',
        'messaging.operation': 'deliver',
        'messaging.destination.name': '_INBOX.x1',
        'messaging.destination.temporary': 'true',
      },
    },
    {
      'messaging_messages_total{destination="(temporary)",operation="process",status="success",system="nats"}': 1,
    },
  ],
  [
    'an execution of an agent, with its tokens',
    {
      ms: 2000,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'planner',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
      },
    },
    {
      'agent_executions_total{agent_type="planner",status="success"}': 1,
      'agent_execution_duration_seconds_sum{agent_type="planner",status="success"}': 2,
      'agent_tokens_total{agent_type="planner"}': 120,
    },
  ],
  [
    'no execution: the call of a model in one',
    { kind: 3, attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 100 } },
    {},
  ],
]

describe('the built-in metrics', () => {
  it.each(BUILT_INS)('have %s', (_, span, expected) => {
    const levels = levelsOf(createTranslator()(request([span])))
    const builtIn = Object.entries(levels).filter(([name]) => !name.startsWith('traces_span_metrics'))
    expect(Object.fromEntries(builtIn)).toMatchObject(expected)
    expect(builtIn.length > 0).toBe(Object.keys(expected).length > 0)
  })

  const get: SentSpan = { kind: 2, attributes: { 'http.request.method': 'GET' } }
  const query: SentSpan = { kind: 3, attributes: { 'db.system.name': 'x', 'db.operation.name': 'get' } }
  const namesOf = (translated: TranslatedTraces) => [
    ...new Set(batchesOf(translated).flatMap(({ metrics }) => metrics.map(({ name }) => name))),
  ]

  it('are not made where they are turned off', () => {
    expect(namesOf(createTranslator({ builtIn: 'off' })(request([get])))).toEqual([
      'traces_span_metrics_calls_total',
      'traces_span_metrics_duration_milliseconds',
    ])
  })

  it('are not made of services that publish them themselves, metric by metric', () => {
    const head = createHead()
    const publish = (labels: Readonly<Record<string, string>>) => {
      const series = head.intern({ __name__: 'http_requests_total', method: 'GET', ...labels }, 'sdk')
      if ('refused' in series) throw new Error(series.detail)
      head.append(series, NOW, 1)
    }
    const made = (service: string, nowMs = NOW) =>
      namesOf(
        createTranslator({ builtIn: 'auto', head })(request([get, query], { 'service.name': service }), {
          nowMs,
        }),
      ).filter((name) => name.endsWith('s_total') && !name.startsWith('traces'))
    expect(made('shop')).toEqual(['http_requests_total', 'db_queries_total'])
    publish({ service: 'shop', instance: 'shop@a:1' })
    publish({ service: 'other', instance: 'shop@a:1' })
    // What was made of spans is no reason to stop.
    publish({ service: 'cart' })
    expect(made('shop')).toEqual(['db_queries_total'])
    expect(made('cart')).toEqual(['http_requests_total', 'db_queries_total'])
    expect(made('shop', NOW + 11 * 60_000)).toEqual(['http_requests_total', 'db_queries_total'])
  })
})

describe('events', () => {
  const alert = { attributes: { 'alert.severity': 'critical' } }

  it('are of spans that failed or ask for an alert, the latter first', () => {
    const { events } = createTranslator()(
      request([{ name: 'fine' }, { name: 'failed', status: 2 }, { name: 'asks', ...alert }]),
    )
    expect(events.map(({ name, status, severity }) => [name, status, severity])).toEqual([
      ['asks', 'unset', 'critical'],
      ['failed', 'error', undefined],
    ])
    expect(events[0]).toMatchObject({
      v: 1,
      source: 'shop',
      service: 'shop',
      kind: 'internal',
      durationMs: 5,
      startedAt: new Date(NOW - 10_000).toISOString(),
      time: new Date(NOW).toISOString(),
      attributes: { 'alert.severity': 'critical' },
    })
    expect(events[0]?.id).toBe(`${events[0]?.traceId}-${events[0]?.spanId}`)
  })

  it('are kept within a budget that comes back, of which failures leave a part', () => {
    const translate = createTranslator({ eventsPerSecond: 2 })
    const failures = Array.from({ length: 20 }, () => ({ status: 2 }))
    // Ten at once, of five seconds: two of them only for what asks for an alert.
    expect(translate(request(failures))).toMatchObject({ eventsOverLimit: 12 })
    expect(translate(request([alert, alert, alert]))).toMatchObject({ eventsOverLimit: 1 })
    const later = translate(request(failures), { nowMs: NOW + 2000 })
    expect(later.events).toHaveLength(2)
  })

  it('need ids that are valid', () => {
    const body = encodeJson({ resourceSpans: [{ scopeSpans: [{ spans: [{ status: { code: 2 } }] }] }] })
    expect(createTranslator()(body)).toMatchObject({ counted: 1, events: [], eventsInvalid: 1 })
  })
})
