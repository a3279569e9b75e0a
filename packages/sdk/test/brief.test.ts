import { createServer } from 'node:net'
import type { NatsConnection } from '@nats-io/transport-node'
import { initializeMonitoring, shutdown } from '@tocsin/sdk'
import { alertManager } from '@tocsin/sdk/alerts'
import { getCapacityForecast } from '@tocsin/sdk/capacity'
import { addCustomHealthCheck } from '@tocsin/sdk/health'
import { notify } from '@tocsin/sdk/notifications'
import {
  dbObservabilityMetrics,
  metrics,
  recordAgentExecution,
  recordDatabaseQuery,
  recordHttpRequest,
} from '@tocsin/sdk/prometheus'
import { getSLAReport } from '@tocsin/sdk/sla'
import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { forecastReply, slaReply } from './replies.ts'
import { answer, joinNats, readMetrics, readStream } from './tocsin.ts'

failOnLeaks({ beforeAll, afterAll })

// The samples stand here as the brief has them, with `@/lib/monitoring` mapped to `@tocsin/sdk`.
describe("the brief's samples", () => {
  let server: Server
  let nats: NatsConnection

  beforeAll(async () => {
    server = await startNats()
    nats = await joinNats(server.url)
    vi.stubEnv('NATS_URL', server.url)
    vi.stubEnv('SERVICE_NAME', 'codex-clone')
    vi.stubEnv('SERVICE_VERSION', '1.0.0')
    vi.stubEnv('NODE_ENV', 'production')

    // Initialize all monitoring systems
    await initializeMonitoring()
  })

  afterAll(async () => {
    await shutdown()
    await nats.close()
    await server.stop()
    vi.unstubAllEnvs()
  })

  it('Record Custom Metrics', async () => {
    // Record HTTP request
    recordHttpRequest('POST', '/api/users', 201, 150) // 150ms

    // Record database query
    recordDatabaseQuery('SELECT', 'users', true, 25) // 25ms

    // Record agent execution
    recordAgentExecution('code-analyzer', 'success', 5000, 1500) // 5s, 1500 tokens

    // Custom metrics
    dbObservabilityMetrics.syncOperationsTotal.inc({
      operation_type: 'full_sync',
      source: 'primary',
      destination: 'replica',
      status: 'success',
    })
    metrics.gauge({ name: 'custom_metric', help: 'Anything.' }).set(150)

    const found = await waitFor(async () => {
      const last = await readMetrics(nats)
      return last.get('custom_metric') === 150 && last
    })
    expect(Object.fromEntries(found)).toMatchObject({
      'http_requests_total{method="POST",route="/api/users",status_code="201"}': 1,
      'http_request_duration_seconds{method="POST",route="/api/users",status_code="201"}': [
        0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0.15,
      ],
      'db_queries_total{operation="SELECT",table="users",status="success"}': 1,
      'agent_executions_total{agent_type="code-analyzer",status="success"}': 1,
      'agent_tokens_total{agent_type="code-analyzer"}': 1500,
      'db_sync_operations_total{operation_type="full_sync",source="primary",destination="replica",status="success"}': 1,
      'tocsin_sdk_service_info{version="1.0.0",environment="production"}': 1,
    })
  })

  it('publishes under the service, with the labels service and instance', async () => {
    const [first] = await readStream(nats, 'METRICS')
    expect(first?.subject).toBe('monitoring.metrics.codex-clone')
    expect(first?.json).toMatchObject({
      source: 'codex-clone',
      series: expect.arrayContaining([
        [0, expect.objectContaining({ service: 'codex-clone', instance: expect.stringMatching(/:\d+$/) })],
      ]),
    })
  })

  it('Create Custom Alerts', async () => {
    const evaluator = await answer(nats, 'alert-evaluator', 'put-rule', () => ({
      name: 'CustomMetricAlert',
      replaced: false,
    }))

    // biome-ignore lint/nursery/noFloatingPromises: the brief does not await it, and need not
    alertManager.addCustomRule({
      name: 'CustomMetricAlert',
      expression: 'custom_metric > 100',
      for: '5m',
      severity: 'medium',
      labels: {
        category: 'custom',
        component: 'my-service',
      },
      annotations: {
        summary: 'Custom metric is too high',
        description: 'The custom metric has exceeded the threshold',
      },
    })

    await waitFor(() => evaluator.requests.length === 1)
    expect(evaluator.requests[0]).toMatchObject({
      name: 'CustomMetricAlert',
      expression: 'custom_metric > 100',
      for: '5m',
    })
    evaluator.stop()
  })

  it('Send Notifications', async () => {
    await notify('Deployment Complete', 'Successfully deployed version 2.0.0 to production', 'low', {
      version: '2.0.0',
      environment: 'production',
      deployedBy: 'CI/CD',
    })

    const requests = await readStream(nats, 'NOTIFICATIONS')
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      subject: 'monitoring.notifications.request',
      json: {
        source: 'codex-clone',
        title: 'Deployment Complete',
        severity: 'low',
        metadata: { version: '2.0.0', environment: 'production', deployedBy: 'CI/CD' },
      },
    })
  })

  it('Add Custom Health Check', async () => {
    const redis = { ping: async () => 'PONG' }

    addCustomHealthCheck({
      name: 'redis_connection',
      type: 'service',
      interval: 30000, // 30 seconds
      timeout: 5000, // 5 seconds
      check: async () => {
        try {
          await redis.ping()
          return {
            status: 'healthy',
            message: 'Redis is responsive',
          }
        } catch (error) {
          return {
            status: 'unhealthy',
            message: 'Redis connection failed',
            details: { error: (error as Error).message }, // the brief's JavaScript has no cast
          }
        }
      },
    })

    const [healthy] = await waitFor(async () => {
      const results = await readStream(nats, 'HEALTH')
      return results.length > 0 && results
    })
    expect(healthy).toMatchObject({
      subject: 'monitoring.health.codex-clone.redis_connection',
      json: {
        service: 'codex-clone',
        check: 'redis_connection',
        type: 'service',
        status: 'healthy',
        message: 'Redis is responsive',
        critical: false,
        intervalMs: 30_000,
      },
    })
  })

  it('Get SLA Report', async () => {
    const sla = await answer(nats, 'sla', 'report', () => slaReply)
    const console = { log: vi.fn() }

    const report = await getSLAReport('day')
    console.log(`Overall compliance: ${report.overallCompliance}%`)
    console.log(`Error budget remaining: ${report.errorBudget.remaining}%`)

    expect(console.log.mock.calls.flat()).toEqual([
      'Overall compliance: 99.95%',
      'Error budget remaining: 50%',
    ])
    expect(sla.requests).toEqual([{ period: 'day' }])
    sla.stop()
  })

  it('Get Capacity Forecast', async () => {
    const capacity = await answer(nats, 'capacity', 'forecast', () => forecastReply)
    const console = { log: vi.fn() }

    const forecast = await getCapacityForecast('storage', 30)
    for (const recommendation of forecast.recommendations) {
      console.log(recommendation)
    }

    expect(console.log).toHaveBeenCalledWith('Archive what is older than a year')
    expect(capacity.requests).toEqual([{ resource: 'storage', days: 30 }])
    capacity.stop()
  })
})

describe('the endpoint of the application', () => {
  it('is a warning when its port is taken, and nothing else', async () => {
    const { createMonitoring } = await import('@tocsin/sdk')
    const holder = createServer()
    const port = await new Promise<number>((resolve) =>
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port)),
    )
    const warnings: string[] = []
    const monitoring = createMonitoring({
      nats: { servers: 'nats://127.0.0.1:1' },
      nodeMetrics: false,
      onWarning: (message) => warnings.push(message),
    })
    await monitoring.start({ prometheus: { port, host: '127.0.0.1' } })
    expect(warnings.filter((warning) => warning.includes('PROMETHEUS_PORT'))).toHaveLength(1)
    expect(monitoring.status().metricsPort).toBeUndefined()
    await monitoring.shutdown()
    await new Promise((resolve) => holder.close(resolve))
  })

  it('serves own and attached metrics, each once, with the service', async () => {
    const { createMonitoring } = await import('@tocsin/sdk')
    const { Gauge, Registry } = await import('prom-client')
    const registry = new Registry()
    new Gauge({ name: 'mine', help: 'h', registers: [registry] }).set(1)
    new Gauge({ name: 'both', help: 'h', registers: [registry] }).set(1)
    const warnings: string[] = []
    const monitoring = createMonitoring({
      service: 'shop',
      registry,
      nats: { servers: 'nats://127.0.0.1:1' },
    })
    monitoring.metrics.gauge({ name: 'both', help: 'h' }).set(2)
    await monitoring.start({
      prometheus: { port: 0, host: '127.0.0.1' },
      onWarning: (message) => warnings.push(message),
    })
    const base = `http://127.0.0.1:${monitoring.status().metricsPort}`
    const text = await (await fetch(`${base}/metrics`)).text()
    expect(text).toContain('mine{service="shop"} 1')
    expect(text.match(/^both\{.*$/gm)).toEqual(['both{service="shop"} 2'])
    expect(text).toContain('nodejs_version_info{')
    expect((await fetch(`${base}/other`)).status).toBe(404)
    await monitoring.shutdown()
    await expect(fetch(`${base}/metrics`)).rejects.toThrow()
  })
})
