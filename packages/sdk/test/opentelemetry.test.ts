import type { NatsConnection } from '@nats-io/transport-node'
import { metrics as otelMetrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { AlwaysOffSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'
import { createMonitoring, type Monitoring } from '@tocsin/sdk'
import { createTelemetry, recordEverySpan } from '@tocsin/sdk/opentelemetry'
import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { joinNats, readMetricStream, readMetrics, readStream } from './tocsin.ts'

failOnLeaks({ beforeAll, afterAll })

describe("OpenTelemetry's SDK", () => {
  let server: Server
  let nats: NatsConnection
  let monitoring: Monitoring
  let sdk: NodeSDK
  const warnings: string[] = []

  beforeEach(async () => {
    vi.stubEnv('OTEL_LOGS_EXPORTER', 'none')
    server = await startNats()
    nats = await joinNats(server.url)
    monitoring = createMonitoring({
      service: 'shop',
      nodeMetrics: false,
      nats: { servers: server.url },
      onWarning: (message) => warnings.push(message),
    })
    await monitoring.start()
    await waitFor(() => monitoring.status().connected)
  })

  afterEach(async () => {
    await sdk.shutdown()
    trace.disable()
    otelMetrics.disable()
    await monitoring.shutdown()
    await nats.close()
    await server.stop()
    vi.unstubAllEnvs()
    expect(warnings.splice(0)).toEqual([])
  })

  function start(options: Partial<ConstructorParameters<typeof NodeSDK>[0]> = {}, telemetry = {}) {
    sdk = new NodeSDK({
      ...createTelemetry(monitoring, telemetry),
      serviceName: 'shop',
      autoDetectResources: false,
      ...options,
    })
    sdk.start()
    return trace.getTracer('test')
  }

  function request(tracer: ReturnType<typeof start>, route: string, status: number) {
    const attributes = {
      'http.request.method': 'GET',
      'http.route': route,
      'http.response.status_code': status,
    }
    const span = tracer.startSpan(`GET ${route}`, { kind: SpanKind.SERVER, attributes })
    span.end()
    return span.spanContext()
  }

  it('has its spans counted, with their traces as exemplars, before it shuts down', async () => {
    const tracer = start()
    const { traceId } = request(tracer, '/users/:id', 200)
    request(tracer, '/users/:id', 200)
    await sdk.shutdown()
    const { last, exemplars } = await readMetricStream(nats)
    const labels = 'service_name="shop",span_name="GET /users/:id",span_kind="SPAN_KIND_SERVER"'
    const own = 'method="GET",route="/users/:id",status_code="200"'
    expect(last.get(`traces_span_metrics_calls_total{${labels},status_code="STATUS_CODE_UNSET"}`)).toBe(2)
    expect(last.get(`http_requests_total{${own}}`)).toBe(2)
    expect(exemplars.filter((text) => text.endsWith(traceId)).map((text) => text.split('{')[0])).toEqual([
      'traces_span_metrics_duration_milliseconds',
      'http_request_duration_seconds',
    ])
  })

  it('has every span counted, though none of them is exported', async () => {
    const sampler = recordEverySpan(new AlwaysOffSampler())
    const tracer = start({ sampler }, { dimensions: ['tenant', 'service', 'missing'] })
    expect(String(sampler)).toBe('RecordEverySpan{AlwaysOffSampler}')
    for (let i = 0; i < 100; i++) tracer.startSpan('work', { attributes: { tenant: `t${i % 2}` } }).end()
    await monitoring.flush()
    const { last, exemplars } = await readMetricStream(nats)
    const rest = 'span_name="work",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"'
    const calls = [...last].filter(([key]) => key.startsWith('traces_span_metrics_calls_total'))
    expect(calls).toEqual(
      ['t0', 't1'].map((tenant) => [
        `traces_span_metrics_calls_total{service_name="shop",${rest},tenant="${tenant}",missing=""}`,
        50,
      ]),
    )
    expect(exemplars).toEqual([])
  })

  it('leaves requests to the middleware where the application uses one', async () => {
    monitoring.monitorRequests()
    const tracer = start({ sampler: new TraceIdRatioBasedSampler(1) })
    request(tracer, '/', 200)
    await monitoring.flush()
    const { last } = await readMetricStream(nats)
    const names = [...last.keys()].map((key) => key.split('{')[0])
    expect(names).toContain('traces_span_metrics_calls_total')
    expect(names).not.toContain('http_requests_total')
  })

  it('has spans told of that failed or ask for an alert, and only those', async () => {
    const tracer = start()
    tracer.startSpan('fine').end()
    const failed = tracer.startSpan('pay', { kind: SpanKind.CLIENT })
    failed.recordException(new TypeError('card declined'))
    failed.setStatus({ code: SpanStatusCode.ERROR, message: 'declined' })
    failed.end()
    tracer.startSpan('slow', { attributes: { 'alert.severity': 'high', items: [1, 2] } }).end()
    const events = await waitFor(async () => {
      const found = await readStream(nats, 'SPANS')
      return found.length === 2 && found
    })
    expect(events).toMatchObject([
      {
        subject: 'monitoring.spans.shop',
        json: {
          name: 'pay',
          kind: 'client',
          status: 'error',
          statusMessage: 'declined',
          traceId: failed.spanContext().traceId,
          exception: { type: 'TypeError', message: 'card declined' },
        },
      },
      { json: { name: 'slow', severity: 'high', attributes: { items: '[1,2]' } } },
    ])
  })

  it('has its metrics published under their names in Prometheus', async () => {
    start()
    const meter = otelMetrics.getMeter('one')
    const orders = meter.createCounter('orders.taken', { description: 'Orders.' })
    const queue = meter.createUpDownCounter('queue.jobs', { unit: '1' })
    meter
      .createObservableGauge('pool.usage', { unit: '1' })
      .addCallback((result) => result.observe(0.5, { pool: 'main' }))
    const latency = meter.createHistogram('http.client.request.duration', {
      unit: 's',
      advice: { explicitBucketBoundaries: [0.1, 1] },
    })
    const same = otelMetrics.getMeter('two').createCounter('orders.taken', { description: 'Orders.' })
    await monitoring.flush()
    orders.add(1, { 'shop.region': 'eu' })
    same.add(2, { 'shop.region': 'eu' })
    queue.add(5)
    queue.add(-2)
    latency.record(0.05)
    latency.record(3)
    const before = Date.now()
    expect(await monitoring.flush()).toBe(true)
    const reader = await readMetricStream(nats)
    expect(Object.fromEntries(reader.last)).toMatchObject({
      'orders_taken_total{shop_region="eu"}': 3,
      queue_jobs: 3,
      'pool_usage_ratio{pool="main"}': 0.5,
      http_client_request_duration_seconds: [1, 1, 2, 3.05],
    })
    expect(reader.created.get('orders_taken_total{shop_region="eu"}')).toBeLessThanOrEqual(before)
    const text = await monitoring.metrics.registry.metrics()
    expect(text).toContain('# HELP orders_taken_total Orders.')
    expect(text).toContain('orders_taken_total{shop_region="eu"} 3')
    expect(text).toContain('http_client_request_duration_seconds_bucket{le="0.1"} 1')
  })

  it('has the metrics of an instrument ended that observes no more', async () => {
    start()
    const pools = new Set(['a', 'b'])
    otelMetrics
      .getMeter('pools')
      .createObservableGauge('pool.size')
      .addCallback((result) => {
        for (const pool of pools) result.observe(1, { pool })
      })
    await monitoring.flush()
    pools.delete('a')
    await monitoring.flush()
    const last = await readMetrics(nats)
    expect([...last.keys()].filter((key) => key.startsWith('pool_size'))).toEqual(['pool_size{pool="b"}'])
  })
})
