import { failOnLeaks, type Server, startHttpSink, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consumeDurable, decodeJson, pipeline, withSpan } from '../src/mod.ts'
import { startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })
let nats: Server
beforeAll(async () => {
  nats = await startNats()
})
afterAll(() => nats.stop())

interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
}

interface SentTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] }
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[]
  }[]
}

describe('tracing', () => {
  it('follows a message from its publisher through the consumer to what that publishes', async () => {
    const sink = await startHttpSink()
    const { ctx, service } = await startBare(nats.url, { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url })
    const alert = ctx.bus.subjects.alert('firing', 'x')
    const delivery = ctx.bus.subjects.delivery('delivered', 'email')
    await consumeDurable(ctx, {
      stream: 'ALERTS',
      durable: 'traced',
      stages: pipeline(decodeJson, async () => void (await ctx.bus.publish(delivery, { sent: true }))),
    })
    await withSpan('evaluate', () => ctx.bus.publish(alert, { n: 1 }))
    const stored = await waitFor(() =>
      ctx.bus.jsm.streams.getMessage('DELIVERIES', { last_by_subj: delivery }),
    )
    await service.stop()

    const bodies = sink.requests
      .filter(({ path }) => path === '/v1/traces')
      .map((request) => request.json() as SentTraces)
    const spans = bodies.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((s) => s.spans)),
    )
    const evaluate = spans.find(({ name }) => name === 'evaluate')
    const process = spans.find(({ name }) => name === 'process ALERTS')
    expect(process?.traceId).toBe(evaluate?.traceId)
    expect(process?.parentSpanId).toBe(evaluate?.spanId)
    expect(stored.header.get('traceparent')).toBe(`00-${evaluate?.traceId}-${process?.spanId}-01`)
    const names = bodies[0]?.resourceSpans[0]?.resource.attributes.find(({ key }) => key === 'service.name')
    expect(names?.value.stringValue).toBe('tocsin-bare')
    expect([...new Set(sink.requests.map(({ path }) => path))]).toEqual(['/v1/traces'])
    await sink.stop()
  })
})
