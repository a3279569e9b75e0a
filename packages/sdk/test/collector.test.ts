import { context, trace } from '@opentelemetry/api'
import { AlwaysOnSampler, StackContextManager, TracerProvider } from '@opentelemetry/sdk-trace'
import { createMonitoring, type Monitoring } from '@tocsin/sdk'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

failOnLeaks({ beforeAll, afterAll })

interface Result {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

describe('what the collector makes of what an application publishes', { timeout: 90_000 }, () => {
  let server: Server
  let collector: ServiceUnderTest
  let monitoring: Monitoring

  beforeAll(async () => {
    server = await startNats()
    collector = await startService('collector', { NATS_URL: server.url })
    monitoring = createMonitoring({
      service: 'shop',
      instance: 'shop-1',
      nodeMetrics: false,
      intervalMs: 20,
      nats: { servers: server.url },
      onWarning: () => {},
    })
    await monitoring.start()
  })

  afterAll(async () => {
    await monitoring.shutdown()
    await collector.stop()
    await server.stop()
  })

  async function ask<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const response = await fetch(`${collector.url}/api/v1/${path}?${new URLSearchParams(parameters)}`)
    const { data } = (await response.json()) as { data: T }
    return data
  }

  const query = async (text: string): Promise<readonly Result[]> =>
    (await ask<{ result: Result[] }>('query', { query: text })).result
  const read = async (text: string) => Number((await query(text))[0]?.value[1])

  it('is what its registry says, whatever happens to NATS meanwhile', async () => {
    const { metrics } = monitoring
    const labelNames = ['worker'] as const
    const jobs = metrics.counter({ name: 'jobs_total', help: 'Jobs.', labelNames })
    const depth = metrics.gauge({ name: 'depth', help: 'Depth.', labelNames })
    const seconds = metrics.histogram({ name: 'job_seconds', help: 'Time.', labelNames, buckets: [0.1, 1] })
    const summary = metrics.summary({ name: 'job_bytes', help: 'Size.', percentiles: [0.5] })
    for (let round = 0; round < 3; round++) {
      const { stored } = monitoring.status().counts
      for (let i = 0; i < 200; i++) {
        const worker = `w${i % 40}`
        jobs.inc({ worker }, i)
        depth.set({ worker: `r${round}-${i % 40}` }, i)
        seconds.observe({ worker }, i / 100)
        summary.observe(i)
        if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      for (let i = 0; i < 40; i++) if (round < 2) depth.remove({ worker: `r${round}-${i}` })
      await waitFor(() => monitoring.status().counts.stored > stored)
      await server.kill()
      await server.restart()
      await waitFor(() => monitoring.status().connected, { timeoutMs: 30_000 })
    }
    const expected = await registrySamples(monitoring)
    expect(expected.size).toBeGreaterThan(200)
    await waitFor(
      async () => {
        const found = await query('{service="shop",__name__=~"jobs_total|depth|job_(seconds|bytes).*"}')
        const last = new Map(found.map(({ metric, value }) => [keyOf(metric), Number(value[1])]))
        return last.size === expected.size && [...expected].every(([key, value]) => last.get(key) === value)
      },
      { timeoutMs: 60_000, what: 'the collector to have what the registry says' },
    )
  })

  it('knows the zero that a counter or a histogram began with', async () => {
    monitoring.metrics.counter({ name: 'first_total', help: 'h' }).inc(5)
    monitoring.recordHttpRequest('GET', '/', 200, 3)
    expect(await monitoring.flush()).toBe(true)
    await waitFor(async () => (await read('max_over_time(first_total[5m])')) === 5)
    expect(await read('min_over_time(first_total[5m])')).toBe(0)
    expect(await read('min_over_time(http_request_duration_seconds_count[5m])')).toBe(0)
  })

  it('shows the traces of what was observed as exemplars', async () => {
    trace.setGlobalTracerProvider(new TracerProvider({ sampler: new AlwaysOnSampler() }))
    context.setGlobalContextManager(new StackContextManager().enable())
    const traceId = trace.getTracer('test').startActiveSpan('request', (span) => {
      monitoring.recordHttpRequest('POST', '/traced', 201, 30)
      span.end()
      return span.spanContext().traceId
    })
    trace.disable()
    context.disable()
    await monitoring.flush()
    const found = await waitFor(async () => {
      const series = await ask<{ exemplars: { labels: Record<string, string>; value: string }[] }[]>(
        'query_exemplars',
        {
          query: 'http_request_duration_seconds_bucket{route="/traced"}',
          start: String(Date.now() / 1000 - 300),
          end: String(Date.now() / 1000 + 300),
        },
      )
      return series.length > 0 && series
    })
    const exemplars = found.flatMap((series) => series.exemplars)
    expect(exemplars.map(({ labels, value }) => [labels['trace_id'], Number(value)])).toContainEqual([
      traceId,
      0.03,
    ])
  })
})

/** What the registry prints, by name and labels. */
async function registrySamples(monitoring: Monitoring): Promise<Map<string, number>> {
  const { metrics } = monitoring
  const samples = new Map<string, number>()
  for (const { values, name } of await metrics.registry.getMetricsAsJSON())
    for (const { value, labels, ...rest } of values as { value: number; labels: Record<string, unknown> }[]) {
      const metricName = (rest as { metricName?: string }).metricName ?? name
      samples.set(keyOf({ __name__: metricName, ...(labels as Record<string, string>) }), value)
    }
  return samples
}

function keyOf({ service: _, instance: __, ...labels }: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.entries(labels)
      .map(([name, value]) => [name, String(value)])
      .sort(),
  )
}
