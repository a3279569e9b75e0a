import { headers } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
import { type HttpSink, startHttpSink, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, it } from 'vitest'
import { type System, startSystem } from '../start-system.ts'

const rules = `groups:
  - name: traced
    rules:
      - alert: Traced
        expr: traced_metric > 0
        labels: { severity: critical }
`
const TRACE = '0af7651916cd43dd8448eb211c80319c'

interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] }
    readonly scopeSpans: readonly { readonly spans: readonly { traceId: string; name: string }[] }[]
  }[]
}

let traces: HttpSink
let system: System
beforeAll(async () => {
  traces = await startHttpSink()
  system = await startSystem({
    rules,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: traces.url, OTEL_BSP_SCHEDULE_DELAY: '100' },
  })
})
afterAll(async () => {
  await system?.stop()
  await traces?.stop()
})

/** `service: span` of every span of the trace that has been exported. */
function spansOfTrace(): string[] {
  const bodies = traces.requests.map((request) => request.json() as Traces)
  return bodies.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue
      const spans = scopeSpans.flatMap((scope) => scope.spans).filter(({ traceId }) => traceId === TRACE)
      return spans.map(({ name }) => `${service}: ${name}`)
    }),
  )
}

it("the publisher's trace goes on from the event to every channel", async () => {
  const carried = headers()
  carried.set('traceparent', `00-${TRACE}-b7ad6b7169203331-01`)
  const event = JSON.stringify({ name: 'traced_metric', type: 'gauge', value: 1 })
  await system.js.publish(createSubjects().metrics('shop'), event, { headers: carried })
  await system.webhook.waitForRequest((request) => request.body.includes('Traced'))
  const wanted = [
    'tocsin-collector: process METRICS',
    'tocsin-alert-evaluator: process METRICS',
    'tocsin-notifier: process ALERTS',
    ...['email', 'slack', 'webhook'].map((channel) => `tocsin-notifier: send ${channel}`),
  ]
  await waitFor(() => wanted.every((span) => spansOfTrace().includes(span)), { what: wanted.join(', ') })
})
