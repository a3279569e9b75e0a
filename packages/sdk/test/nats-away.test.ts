import type { NatsConnection } from '@nats-io/transport-node'
import { createMonitoring, type Monitoring, type MonitoringOptions } from '@tocsin/sdk'
import { failOnLeaks, freePort, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { answer, joinNats, readMetrics, readStream, ServiceFault } from './tocsin.ts'

failOnLeaks({ beforeAll, afterAll })

const rule = { name: 'TooMuch', expression: 'custom_metric > 100', severity: 'high' } as const
const cleanups: (() => Promise<void>)[] = []
const problems: unknown[] = []
const note = (error: unknown) => void problems.push(error)

beforeAll(() => {
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp()
  expect(problems).toEqual([])
})
afterAll(() => {
  process.off('unhandledRejection', note)
})

async function monitor(url: string, options: MonitoringOptions = {}) {
  const warnings: string[] = []
  const monitoring: Monitoring = createMonitoring({
    service: 'shop',
    nodeMetrics: false,
    nats: { servers: url },
    onWarning: (message) => warnings.push(message),
    ...options,
  })
  await monitoring.start()
  cleanups.push(() => monitoring.shutdown({ timeoutMs: 500 }))
  return { monitoring, warnings }
}

async function join(server: Server): Promise<NatsConnection> {
  const nats = await joinNats(server.url)
  cleanups.push(() => nats.close())
  return nats
}

async function serve(port?: number): Promise<Server> {
  const server = await startNats(port === undefined ? {} : { port })
  cleanups.push(() => server.stop())
  return server
}

describe('an application whose NATS is away', () => {
  it('starts at once, and everything arrives when NATS comes', async () => {
    const port = await freePort()
    const { monitoring, warnings } = await monitor(`nats://127.0.0.1:${port}`)
    const hits = monitoring.metrics.counter({ name: 'hits_total', help: 'h', labelNames: ['page'] })
    for (let i = 0; i < 1000; i++) hits.inc({ page: 'home' })
    void monitoring.alertManager.addCustomRule(rule)
    monitoring.addCustomHealthCheck({
      name: 'db',
      check: () => ({ status: 'degraded', details: { at: new Date(0) } }),
    })
    const notified = monitoring.notify('Late', 'but there', 'low')
    expect(monitoring.status()).toMatchObject({ started: true, connected: false })

    const nats = await join(await serve(port))
    const evaluator = await answer(nats, 'alert-evaluator', 'put-rule', () => ({
      name: rule.name,
      replaced: false,
    }))
    await waitFor(async () => (await readMetrics(nats)).get('hits_total{page="home"}') === 1000, {
      timeoutMs: 10_000,
    })
    await waitFor(() => evaluator.requests.length > 0, { timeoutMs: 10_000 })
    await waitFor(async () => (await readStream(nats, 'HEALTH')).length > 0)
    expect(await readStream(nats, 'HEALTH')).toMatchObject([
      { json: { status: 'degraded', details: { at: '1970-01-01T00:00:00.000Z' } } },
    ])
    await notified
    expect(await readStream(nats, 'NOTIFICATIONS')).toHaveLength(1)
    expect(warnings.filter((warning) => warning.includes('is not reachable'))).toHaveLength(1)
  })

  it('is told by a code what could not be done, and may ignore it', async () => {
    const server = await serve()
    const nats = await join(server)
    const { monitoring, warnings } = await monitor(server.url)
    const strict = await answer(
      nats,
      'alert-evaluator',
      'put-rule',
      () => new ServiceFault('invalid_rule', 'unexpected )', 400),
    )

    await expect(monitoring.alertManager.addCustomRule(rule)).rejects.toMatchObject({
      code: 'refused',
      remoteCode: 'invalid_rule',
      retryable: false,
    })
    void monitoring.alertManager.addCustomRule({ ...rule, for: 'five minutes' })
    await expect(monitoring.alertManager.addCustomRule({ ...rule, name: '' })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
    await expect(monitoring.getSLAReport('day')).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    })
    await expect(monitoring.getCapacityForecast('disk', -1)).rejects.toMatchObject({
      code: 'invalid_argument',
    })
    await expect(monitoring.notify('', 'no title')).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(monitoring.notify('t', 'm', 'low', { big: 'x'.repeat(20e6) })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    await expect(monitoring.notify('t', 'm', 'low', circular)).rejects.toMatchObject({
      code: 'invalid_argument',
    })
    await expect(createMonitoring().notify('t', 'm')).rejects.toMatchObject({ code: 'not_initialized' })
    strict.stop()

    const confused = await answer(nats, 'sla', 'report', () => ({ surprise: true }))
    await expect(monitoring.getSLAReport('day')).rejects.toMatchObject({ code: 'invalid_reply' })
    confused.stop()
    expect(warnings.join('\n')).toContain("alert rule 'TooMuch' was refused")
    expect(warnings.join('\n')).toContain('the alert rule is not valid')
  })

  it('gives a rule again when the evaluator could not take it, and only the newest of a name', async () => {
    const server = await serve()
    const nats = await join(server)
    const { monitoring } = await monitor(server.url)
    let busy = true
    const evaluator = await answer(nats, 'alert-evaluator', 'put-rule', () =>
      busy ? new ServiceFault('internal', 'not ready', 500) : { name: rule.name, replaced: false },
    )
    const first = monitoring.alertManager.addCustomRule(rule)
    await waitFor(() => evaluator.requests.length > 0)
    busy = false
    const second = monitoring.alertManager.addCustomRule({ ...rule, expression: 'custom_metric > 200' })
    await expect(first).rejects.toMatchObject({ code: 'closed' })
    await expect(second).resolves.toEqual({ name: 'TooMuch', state: 'stored' })
    expect(evaluator.requests.at(-1)).toMatchObject({ expression: 'custom_metric > 200' })

    await answer(nats, 'alert-evaluator', 'list-rules', () => ({ rules: [rule] }))
    await answer(nats, 'alert-evaluator', 'delete-rule', () => ({ name: rule.name, deleted: true }))
    expect(await monitoring.alertManager.listCustomRules()).toEqual([rule])
    expect(await monitoring.alertManager.removeCustomRule(rule.name)).toBe(true)
  })

  it('loses nothing and grows nothing when NATS is killed again and again under load', async () => {
    const server = await serve()
    const nats = await join(server)
    const { monitoring } = await monitor(server.url, { intervalMs: 50 })
    const jobs = monitoring.metrics.counter({ name: 'jobs_total', help: 'h', labelNames: ['worker'] })
    const seconds = monitoring.metrics.histogram({ name: 'job_seconds', help: 'h', buckets: [0.1, 1] })
    const counted = new Map<string, number>()
    let observations = 0
    let working = true
    const load = (async () => {
      for (let i = 0; working; i++) {
        const worker = `w${i % 50}`
        jobs.inc({ worker })
        counted.set(worker, (counted.get(worker) ?? 0) + 1)
        seconds.observe(i % 2)
        observations++
        if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()
    for (let round = 1; round <= 2; round++) {
      await waitFor(() => monitoring.status().connected && monitoring.status().counts.connections >= round, {
        timeoutMs: 10_000,
      })
      const { stored } = monitoring.status().counts
      await waitFor(() => monitoring.status().counts.stored > stored + 2)
      await server.kill()
      await waitFor(() => !monitoring.status().connected)
      await server.restart()
    }
    await waitFor(() => monitoring.status().counts.connections >= 3, { timeoutMs: 10_000 })
    working = false
    await load
    await waitFor(
      async () => {
        const last = await readMetrics(nats)
        return [...counted].every(([worker, count]) => last.get(`jobs_total{worker="${worker}"}`) === count)
      },
      { timeoutMs: 15_000, what: 'the final counts' },
    )
    expect((await readMetrics(nats)).get('job_seconds')).toEqual([
      expect.any(Number),
      observations,
      observations,
      expect.any(Number),
    ])
  })

  it('shuts down although the server froze', async () => {
    const server = await serve()
    await join(server)
    const { monitoring } = await monitor(server.url)
    await waitFor(() => monitoring.status().counts.stored > 0)
    await server.pause()
    cleanups.push(() => server.resume())
    for (let i = 0; i < 1000; i++) monitoring.recordHttpRequest('GET', '/', 200, 1)
    await monitoring.shutdown({ timeoutMs: 200 })
    expect(monitoring.status()).toMatchObject({ started: false, connected: false })
  })

  it('publishes what is left at shutdown, and can begin again', async () => {
    const server = await serve()
    const nats = await join(server)
    const { monitoring } = await monitor(server.url, { intervalMs: 60_000 })
    const hits = monitoring.metrics.counter({ name: 'hits_total', help: 'h' })
    hits.inc()
    await waitFor(async () => (await readMetrics(nats)).get('hits_total') === 1)
    hits.inc()
    await Promise.all([monitoring.shutdown(), monitoring.shutdown()])
    expect((await readMetrics(nats)).get('hits_total')).toBe(2)
    hits.inc()
    await monitoring.start()
    await waitFor(async () => (await readMetrics(nats)).get('hits_total') === 3)
  })

  it('follows a registry that the application has already, older children included', async () => {
    const { Counter, Registry } = await import('prom-client')
    const registry = new Registry()
    const old = new Counter({ name: 'old_total', help: 'h', labelNames: ['l'], registers: [registry] })
    const child = old.labels('x')
    child.inc(41)
    const server = await serve()
    const nats = await join(server)
    await monitor(server.url, { registry })
    await waitFor(async () => (await readMetrics(nats)).get('old_total{l="x"}') === 41)
    child.inc()
    await waitFor(async () => (await readMetrics(nats)).get('old_total{l="x"}') === 42)
  })
})
