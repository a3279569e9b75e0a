import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtoMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createSubjects, spanEvent } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openBus } from './open-bus.ts'
import { query, untilValue, valuesOf } from './otlp/query.ts'
import { readValue, scrape } from './read-exposition.ts'

failOnLeaks({ beforeAll, afterAll })

let nats: Server
let collector: ServiceUnderTest
let bus: Bus

beforeAll(async () => {
  nats = await startNats()
  collector = await startService('collector', {
    NATS_URL: nats.url,
    SPAN_METRICS_DIMENSIONS: 'tenant, deployment.environment.name',
  })
  bus = await openBus(nats.url)
})

afterAll(async () => {
  await bus?.close()
  await collector?.stop()
  await nats?.stop()
})

afterEach(() => vi.unstubAllEnvs())

const endpoint = () => `http://127.0.0.1:${collector.ports['OTLP_PORT']}`
const resourceOf = (service: string) =>
  resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'test',
    'service.instance.id': `${service}-1`,
    'deployment.environment.name': 'ci',
  })

const WAYS = [
  { way: 'protobuf', compression: 'none', Metrics: ProtoMetricExporter, Traces: ProtoTraceExporter },
  { way: 'protobuf, gzip', compression: 'gzip', Metrics: ProtoMetricExporter, Traces: ProtoTraceExporter },
  { way: 'json', compression: 'none', Metrics: JsonMetricExporter, Traces: JsonTraceExporter },
  { way: 'json, gzip', compression: 'gzip', Metrics: JsonMetricExporter, Traces: JsonTraceExporter },
] as const

describe.each(WAYS)("OpenTelemetry's SDK in $way", ({ way, compression, Metrics, Traces }) => {
  const name = way.replace(/\W+/g, '-')

  test.each([
    ['cumulative', AggregationTemporality.CUMULATIVE],
    ['delta', AggregationTemporality.DELTA],
  ])('has its metrics, %s ones, found by queries', async (kind, temporalityPreference) => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression)
    const service = `${name}-${kind}`
    const reader = new PeriodicExportingMetricReader({
      exporter: new Metrics({ url: `${endpoint()}/v1/metrics`, temporalityPreference }),
      exportIntervalMillis: 3_600_000,
    })
    const exponential = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const
    const provider = new MeterProvider({
      resource: resourceOf(service),
      readers: [reader],
      views: [{ instrumentName: 'wait', aggregation: exponential }],
    })
    const meter = provider.getMeter('shop')
    const orders = meter.createCounter('orders', { description: 'Orders taken.', unit: '{order}' })
    const open = meter.createUpDownCounter('carts.open')
    const took = meter.createHistogram('work.duration', {
      unit: 's',
      advice: { explicitBucketBoundaries: [0.1, 1] },
    })
    const wait = meter.createHistogram('wait', { unit: 's' })
    meter.createObservableGauge('fill', { unit: '1' }).addCallback((to) => to.observe(0.25, { tank: 'a' }))

    orders.add(2, { region: 'eu' })
    open.add(3)
    took.record(0.05)
    wait.record(0.3)
    await provider.forceFlush()
    orders.add(5, { region: 'eu' })
    open.add(-1)
    took.record(0.5)
    took.record(5)
    wait.record(3)
    await provider.forceFlush()
    await provider.shutdown()

    const who = `job="test/${service}",instance="${service}-1",service="${service}"`
    const has = (expr: string, value: number) => untilValue(collector.url, expr, value)
    await has(`orders_total{${who},region="eu"}`, 7)
    await has(`increase(orders_total{service="${service}"}[5m]) > bool 6`, 1)
    await has(`carts_open{${who}}`, 2)
    await has(`work_duration_seconds_bucket{${who},le="1"}`, 2)
    await has(`work_duration_seconds_count{${who}}`, 3)
    await has(`work_duration_seconds_sum{${who}}`, 5.55)
    await has(`wait_seconds_bucket{${who},le="0.5"}`, 1)
    await has(`wait_seconds_bucket{${who},le="4"}`, 2)
    await has(`fill_ratio{${who},tank="a"}`, 0.25)
    await has(`target_info{${who},deployment_environment_name="ci"}`, 1)
  })

  test('has its spans counted, timed, and told of when they fail', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression)
    const service = `${name}-spans`
    const provider = new TracerProvider({
      resource: resourceOf(service),
      spanProcessors: [new BatchSpanProcessor({ exporter: new Traces({ url: `${endpoint()}/v1/traces` }) })],
    })
    const tracer = provider.getTracer('shop')
    for (let i = 0; i < 3; i++) {
      const request = tracer.startSpan('GET /items/:id', {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/items/:id',
          'url.path': `/items/${i}`,
          tenant: 'a',
        },
      })
      request.setAttribute('http.response.status_code', i === 2 ? 500 : 200)
      const found = tracer.startSpan('SELECT items', {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'postgresql',
          'db.operation.name': 'SELECT',
          'db.collection.name': 'items',
        },
      })
      found.end()
      if (i === 2) {
        request.recordException(new TypeError('no such item'))
        request.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' })
      }
      request.end()
    }
    await provider.forceFlush()
    await provider.shutdown()

    const has = (expr: string, value: number) => untilValue(collector.url, expr, value)
    const calls = `traces_span_metrics_calls_total{service="${service}",service_name="${service}",span_name="GET /items/:id",span_kind="SPAN_KIND_SERVER",tenant="a",deployment_environment_name="ci"`
    await has(`${calls},status_code="STATUS_CODE_UNSET"}`, 2)
    await has(`${calls},status_code="STATUS_CODE_ERROR"}`, 1)
    await has(`sum(traces_span_metrics_duration_milliseconds_count{service="${service}"})`, 6)
    await has(
      `http_requests_total{service="${service}",method="GET",route="/items/:id",status_code="200"}`,
      2,
    )
    await has(`sum(http_request_duration_seconds_count{service="${service}"})`, 3)
    await has(`db_queries_total{service="${service}",operation="SELECT",table="items",status="success"}`, 3)
    expect(await query(collector.url, `{service="${service}",instance!=""}`)).toEqual([])

    const subject = createSubjects().spans(service)
    const stored = await bus.jsm.streams.getMessage('SPANS', { last_by_subj: subject })
    expect(spanEvent.parse(stored?.json())).toMatchObject({
      service,
      name: 'GET /items/:id',
      kind: 'server',
      status: 'error',
      statusMessage: 'failed',
      attributes: { 'http.response.status_code': 500, 'url.path': '/items/2' },
      exception: { type: 'TypeError', message: 'no such item' },
    })
  })
})

test('NodeSDK needs the endpoint only', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint())
  vi.stubEnv('OTEL_METRICS_EXPORTER', 'otlp')
  vi.stubEnv('OTEL_LOGS_EXPORTER', 'none')
  vi.stubEnv('OTEL_METRIC_EXPORT_INTERVAL', '3600000')
  vi.stubEnv('OTEL_METRIC_EXPORT_TIMEOUT', '10000')
  const sdk = new NodeSDK({ serviceName: 'plain-node' })
  sdk.start()
  const { trace, metrics } = await import('@opentelemetry/api')
  trace.getTracer('shop').startSpan('tidy up').end()
  metrics.getMeter('shop').createCounter('tidied').add(1)
  await sdk.shutdown()
  await untilValue(
    collector.url,
    'traces_span_metrics_calls_total{service="plain-node",span_name="tidy up"}',
    1,
  )
  await untilValue(collector.url, 'tidied_total{service="plain-node"}', 1)
  expect(
    await valuesOf(collector.url, 'target_info{service="plain-node",telemetry_sdk_language="nodejs"}'),
  ).toEqual(['1'])
})

test('an exporter keeps what NATS could not take, and nothing of it is lost or counted twice', async () => {
  const url = `${endpoint()}/v1/traces`
  const provider = new TracerProvider({
    resource: resourceOf('patient'),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new ProtoTraceExporter({ url, timeoutMillis: 30_000 }),
        exportTimeoutMillis: 30_000,
      }),
    ],
  })
  const tracer = provider.getTracer('shop')
  for (let i = 0; i < 100; i++) tracer.startSpan(`step ${i % 4}`).end()
  await nats.kill()
  const flushed = provider.forceFlush()
  const unavailable = 'tocsin_otlp_requests_total{outcome="unavailable",signal="traces"}'
  await waitFor(async () => readValue(await scrape(collector.url), unavailable), { what: 'a refusal' })
  await nats.restart()
  await flushed
  await provider.shutdown()
  await untilValue(collector.url, 'sum(traces_span_metrics_calls_total{service="patient"})', 100)
  await untilValue(collector.url, 'count(traces_span_metrics_calls_total{service="patient"} == 25)', 4)
}, 60_000)
