import type { NatsConnection } from '@nats-io/transport-node'
import { createMonitoring } from '@tocsin/sdk'
import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { joinNats, readMetrics } from './tocsin.ts'

failOnLeaks({ beforeAll, afterAll })

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp()
})

async function serve(): Promise<{ server: Server; nats: NatsConnection }> {
  const server = await startNats()
  cleanups.push(() => server.stop())
  const nats = await joinNats(server.url)
  cleanups.push(() => nats.close())
  return { server, nats }
}

async function invoked(url: string) {
  const monitoring = createMonitoring({
    nats: { servers: url },
    nodeMetrics: false,
    // Nothing goes out by itself: what arrives was flushed.
    intervalMs: 60_000,
    onWarning: () => {},
  })
  await monitoring.start()
  cleanups.push(() => monitoring.shutdown({ timeoutMs: 500 }))
  const calls = monitoring.metrics.counter({ name: 'calls_total', help: 'h' })
  return { monitoring, calls }
}

describe('flush', () => {
  it('stores what was recorded before it resolves, from the first invocation on', async () => {
    const { server, nats } = await serve()
    const { monitoring, calls } = await invoked(server.url)
    for (let invocation = 1; invocation <= 3; invocation++) {
      calls.inc()
      expect(await monitoring.flush()).toBe(true)
      expect((await readMetrics(nats)).get('calls_total')).toBe(invocation)
    }
    expect(await Promise.all([monitoring.flush(), monitoring.flush()])).toEqual([true, true])
  })

  it('says in time that it could not, and loses nothing by it', async () => {
    const { server, nats } = await serve()
    const { monitoring, calls } = await invoked(server.url)
    calls.inc()
    expect(await monitoring.flush()).toBe(true)
    await server.kill()
    calls.inc()
    const started = performance.now()
    expect(await monitoring.flush({ timeoutMs: 300 })).toBe(false)
    expect(performance.now() - started).toBeLessThan(5000)
    await server.restart()
    await waitFor(
      async () => (await monitoring.flush()) && (await readMetrics(nats)).get('calls_total') === 2,
      {
        timeoutMs: 10_000,
      },
    )
  })

  it('does not trust a connection that was frozen meanwhile', async () => {
    const { server, nats } = await serve()
    const { monitoring, calls } = await invoked(server.url)
    calls.inc()
    expect(await monitoring.flush()).toBe(true)
    await server.pause()
    calls.inc()
    const flushed = monitoring.flush({ timeoutMs: 10_000 })
    await waitFor(() => !monitoring.status().connected)
    await server.resume()
    expect(await flushed).toBe(true)
    expect((await readMetrics(nats)).get('calls_total')).toBe(2)
  })

  it('has nothing to store before monitoring has started', async () => {
    expect(await createMonitoring().flush()).toBe(false)
  })
})
