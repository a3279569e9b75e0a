import { Counter, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { noteTracking } from '../../test/tracking.ts'
import { createMetrics } from './create-metrics.ts'
import { createRecorder } from './create-recorder.ts'
import { setCumulative } from './set-cumulative.ts'

function setUp() {
  const registry = new Registry()
  const warnings: string[] = []
  const metrics = createMetrics(registry, noteTracking().tracking)
  return {
    registry,
    warnings,
    metrics,
    recorder: createRecorder(metrics, (_, message) => warnings.push(message)),
  }
}

describe('recording', () => {
  it('takes milliseconds and publishes seconds', async () => {
    const { registry, recorder } = setUp()
    recorder.recordHttpRequest('POST', '/api/users', 201, 150)
    recorder.recordDatabaseQuery('SELECT', 'users', false, 25)
    recorder.recordAgentExecution('code-analyzer', 'success', 5000, 1500)
    const text = await registry.metrics()
    expect(text).toContain(
      'http_request_duration_seconds_sum{method="POST",route="/api/users",status_code="201"} 0.15',
    )
    expect(text).toContain('db_queries_total{operation="SELECT",table="users",status="error"} 1')
    expect(text).toContain(
      'agent_execution_duration_seconds_sum{agent_type="code-analyzer",status="success"} 5',
    )
    expect(text).toContain('agent_tokens_total{agent_type="code-analyzer"} 1500')
  })

  it('never throws: what is no duration is counted without one, and said', async () => {
    const { registry, recorder, warnings } = setUp()
    recorder.recordHttpRequest('GET', '/', 200, Number.NaN)
    recorder.recordDatabaseQuery('SELECT', 'users', true, -1)
    recorder.recordAgentExecution('a', 'success', 1, Number.POSITIVE_INFINITY)
    expect(warnings).toHaveLength(3)
    const text = await registry.metrics()
    expect(text).toContain('http_requests_total{method="GET",route="/",status_code="200"} 1')
    expect(text).not.toContain('http_request_duration_seconds_count')
  })

  it('never throws: not where the application has another metric of that name either', () => {
    const { metrics, recorder, warnings } = setUp()
    metrics.counter({ name: 'http_requests_total', help: 'h', labelNames: ['page'] })
    metrics.gauge({ name: 'agent_tokens_total', help: 'h' })
    for (let i = 0; i < 3; i++) {
      recorder.recordHttpRequest('GET', '/', 200, 1)
      recorder.recordAgentExecution('a', 'success', 1, 5)
    }
    expect(new Set(warnings)).toEqual(
      new Set([
        'recordHttpRequest() records nothing: A metric with the name http_requests_total has already been registered.',
        'recordAgentExecution() records nothing: A metric with the name agent_tokens_total has already been registered.',
      ]),
    )
  })

  it('registers a built-in metric when it is first used', () => {
    const { registry, metrics } = setUp()
    expect(registry.getMetricsAsArray()).toEqual([])
    metrics.activeUsers.set(3)
    expect(metrics.activeUsers).toBe(metrics.activeUsers)
    expect(registry.getMetricsAsArray()).toHaveLength(1)
  })

  it('gives the same object for the same metric, and refuses another one of its name', () => {
    const { metrics } = setUp()
    const jobs = metrics.counter({ name: 'jobs_total', help: 'h', labelNames: ['kind', 'queue'] })
    expect(jobs).toBeInstanceOf(Counter)
    expect(metrics.counter({ name: 'jobs_total', help: 'h', labelNames: ['queue', 'kind'] })).toBe(jobs)
    expect(() => metrics.gauge({ name: 'jobs_total', help: 'h' })).toThrow('another type or other labels')
    expect(() => metrics.counter({ name: 'jobs_total', help: 'h' })).toThrow('another type or other labels')
  })

  it('sets a counter to a total that others keep', async () => {
    const { metrics } = setUp()
    const received = metrics.counter({ name: 'received_bytes_total', help: 'h', labelNames: ['device'] })
    const read = async () => (await received.get()).values[0]?.value
    for (const total of [0, 0.1 + 0.2, 1e15, 7]) {
      setCumulative(received, { device: 'eth0' }, total)
      expect(await read()).toBe(total)
    }
    expect(() => setCumulative(received, { device: 'eth0' }, -1)).toThrow(RangeError)
  })
})
