import type { Attributes } from '@opentelemetry/api'
import { messagingMetrics } from '@tocsin/contract'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { finishedSpan } from '../../test/spans.ts'
import { noteTracking } from '../../test/tracking.ts'
import { defineMetrics } from '../record/built-in-metrics.ts'
import { createMetrics } from '../record/create-metrics.ts'
import { createRecorder } from '../record/create-recorder.ts'
import type { FinishedSpan } from './finished-span.ts'
import { createSpanRecorder } from './record-span.ts'

const [SERVER, CLIENT, PRODUCER, CONSUMER] = [1, 2, 3, 4]
const OWN = { http: false, database: false, agents: false }

function spanOf(kind: number, attributes: Attributes, more: Partial<FinishedSpan> = {}): FinishedSpan {
  return finishedSpan({ kind, attributes, ...more })
}

async function recorded(spans: readonly FinishedSpan[], ownUses = OWN): Promise<string[]> {
  const registry = new Registry()
  const { tracking } = noteTracking()
  const recorder = createRecorder(createMetrics(registry, tracking), (_, message) => {
    throw new Error(message)
  })
  const record = createSpanRecorder(defineMetrics(registry, messagingMetrics, tracking), recorder, ownUses)
  for (const span of spans) record(span)
  const lines = (await registry.metrics()).split('\n')
  return lines.filter((line) => /^\w+_(total|count|sum)[ {]/.test(line))
}

describe('what spans say of requests, queries, agents and messages', () => {
  it.each([
    [
      'a request, by the conventions of today',
      spanOf(SERVER, {
        'http.request.method': 'GET',
        'http.route': '/users/:id',
        'http.response.status_code': 200,
      }),
      'http_requests_total{method="GET",route="/users/:id",status_code="200"} 1',
    ],
    [
      'a request, by those before, from a client that makes up methods and paths',
      spanOf(SERVER, { 'http.method': 'BREW', 'http.target': '/.env', 'http.status_code': 404 }),
      'http_requests_total{method="_OTHER",route="unmatched",status_code="404"} 1',
    ],
    [
      'a query that names its operation',
      spanOf(CLIENT, {
        'db.system.name': 'postgresql',
        'db.operation.name': 'SELECT',
        'db.collection.name': 'users',
      }),
      'db_queries_total{operation="SELECT",table="users",status="success"} 1',
    ],
    [
      'a query that only has a statement, and failed',
      spanOf(
        CLIENT,
        { 'db.system': 'mysql', 'db.statement': ' delete from x where y = 1' },
        { status: { code: 2 } },
      ),
      'db_queries_total{operation="DELETE",table="",status="error"} 1',
    ],
    [
      'an agent and its tokens',
      spanOf(0, {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'analyzer',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 50,
      }),
      'agent_tokens_total{agent_type="analyzer"} 150',
    ],
    [
      'messages that were sent',
      spanOf(PRODUCER, {
        'messaging.system': 'nats',
        'messaging.destination.name': 'orders',
        'messaging.batch.message_count': 3,
      }),
      'messaging_messages_total{system="nats",destination="orders",operation="send",status="success"} 3',
    ],
    [
      'a message that was processed, from a name that does not last',
      spanOf(CONSUMER, {
        'messaging.system': 'nats',
        'messaging.operation': 'deliver',
        'messaging.destination.name': '_INBOX.x',
        'messaging.destination.temporary': true,
      }),
      'messaging_messages_total{system="nats",destination="(temporary)",operation="process",status="success"} 1',
    ],
  ])('%s', async (_, span, expected) => {
    expect(await recorded([span])).toContain(expected)
  })

  it('are seconds, once for a request, and nothing for what is none of these', async () => {
    const request = { 'http.request.method': 'GET', 'http.route': '/', 'http.response.status_code': 200 }
    const parentSpanContext = { traceId: 'a'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 1 }
    const lines = await recorded([
      spanOf(SERVER, request, { parentSpanContext: { ...parentSpanContext, isRemote: true } }),
      spanOf(SERVER, request, { parentSpanContext }),
      spanOf(CLIENT, request),
      spanOf(CLIENT, { 'db.system': 'postgresql', 'db.statement': '?' }),
      spanOf(CLIENT, { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 7 }),
      spanOf(0, { 'alert.severity': 'low' }),
    ])
    expect(lines).toEqual([
      'http_requests_total{method="GET",route="/",status_code="200"} 1',
      'http_request_duration_seconds_sum{method="GET",route="/",status_code="200"} 0.02',
      'http_request_duration_seconds_count{method="GET",route="/",status_code="200"} 1',
    ])
  })

  it('are left to the application where it records them itself', async () => {
    const spans = [
      spanOf(SERVER, { 'http.request.method': 'GET' }),
      spanOf(CLIENT, { 'db.system': 'redis', 'db.statement': 'get ?' }),
    ]
    const lines = await recorded(spans, { ...OWN, http: true })
    expect(lines.filter((line) => line.includes('_total'))).toEqual([
      'db_queries_total{operation="GET",table="",status="success"} 1',
    ])
  })
})
