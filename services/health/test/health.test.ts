import { createSubjects, type HealthEvent, type HealthReport } from '@tocsin/contract'
import { type Bus, connectBus, createLog, createMetrics, systemClock } from '@tocsin/runtime'
import {
  freePort,
  type HttpSink,
  type Server,
  type ServiceUnderTest,
  startHttpSink,
  startNats,
  startRedis,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'

const subjects = createSubjects()
let nats: Server
let redis: Server
let others: HttpSink
let health: ServiceUnderTest
let bus: Bus

function environment(): Record<string, string> {
  return {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    HEALTH_CHECK_INTERVAL: '200ms',
    HEALTH_CHECK_TIMEOUT: '1s',
    PROMETHEUS_AUTH_TOKEN: 'tok',
    ...Object.fromEntries(
      ['COLLECTOR', 'NOTIFIER', 'ALERT_EVALUATOR', 'SLA', 'CAPACITY'].map((name) => [
        `${name}_URL`,
        others.url,
      ]),
    ),
  }
}

beforeAll(async () => {
  ;[nats, redis, others] = await Promise.all([startNats(), startRedis(), startHttpSink()])
  health = await startService('health', environment())
  const log = createLog({ service: 'test', version: '0', level: 'silent' })
  const metrics = createMetrics('test', '0')
  bus = await connectBus({
    env: { NATS_URL: [nats.url], NATS_REPLICAS: 1, NATS_SUBJECT_PREFIX: 'monitoring' },
    name: 'test',
    version: '0',
    clock: systemClock,
    log,
    metrics,
  })
})

afterAll(async () => {
  await bus?.close()
  await health?.stop()
  await Promise.all([others?.stop(), redis?.stop(), nats?.stop()])
})

async function report(): Promise<HealthReport & { http: number }> {
  const response = await fetch(`${health.url}/health`)
  return { ...((await response.json()) as HealthReport), http: response.status }
}

const find = ({ checks }: HealthReport, name: string) => checks.find(({ check }) => check === name)

it('reports every built-in check, each of which has run', async () => {
  const all = await waitFor(async () => {
    const now = await report()
    return now.checks.length >= 11 && now.http === 200 && now
  })
  expect(all.http).toBe(200)
  expect(all.checks.map(({ check }) => check)).toEqual([
    'alert-evaluator',
    'capacity',
    'collector',
    'disk',
    'memory',
    'nats',
    'notifier',
    'observability',
    'query performance',
    'redis',
    'sla',
  ])
  expect(find(all, 'nats')).toMatchObject({ status: 'healthy', critical: true, intervalMs: 200 })
  expect(find(all, 'observability')).toMatchObject({ status: 'degraded' })
  // The collector asks for the login that the environment sets, of health as well.
  const query = others.requests.find(({ path }) => path.startsWith('/api/v1/query'))
  expect(query?.headers['authorization']).toBe('Bearer tok')
})

it('answers health+json to whoever asks for it', async () => {
  const response = await fetch(`${health.url}/health`, { headers: { Accept: 'application/health+json' } })
  expect(response.headers.get('content-type')).toContain('application/health+json')
  const body = (await response.json()) as { status: string; checks: Record<string, unknown[]> }
  expect(body.checks['tocsin/nats:duration']).toMatchObject([{ status: 'pass' }])
})

it('takes in the checks of applications, and forgets them only when they end', async () => {
  const now = new Date().toISOString()
  const event: HealthEvent = {
    v: 1,
    id: 'shop-redis-1',
    time: now,
    source: 'shop',
    service: 'shop',
    check: 'redis_connection',
    type: 'service',
    status: 'unhealthy',
    critical: false,
    message: 'Redis connection failed',
    lastRun: now,
    durationMs: 3,
    intervalMs: 30_000,
  }
  await bus.publish(subjects.health('shop', 'redis_connection'), event)
  await waitFor(async () => find(await report(), 'redis_connection')?.status === 'unhealthy')
  expect((await report()).status).toBe('degraded')
  await health.restart()
  await waitFor(async () => find(await report(), 'redis_connection')?.status === 'unhealthy')
  await bus.publish(subjects.health('shop', 'redis_connection'), {
    ...event,
    id: 'shop-redis-2',
    ended: true,
  })
  await waitFor(async () => find(await report(), 'redis_connection') === undefined)
})

it('takes no result that speaks for another service than its subject, and none for newer than its message', async () => {
  const time = new Date().toISOString()
  const event: HealthEvent = {
    v: 1,
    id: 'forged-1',
    time,
    source: 'shop',
    service: 'tocsin',
    check: 'redis',
    type: 'service',
    status: 'unhealthy',
    critical: true,
    message: 'forged',
    lastRun: time,
    durationMs: 3,
    intervalMs: 30_000,
  }
  const letters = async () => {
    const { state } = await bus.jsm.streams.info('DEAD_LETTERS', { subjects_filter: '>' })
    return Object.keys(state.subjects ?? {}).filter((subject) => subject.endsWith('wrong_subject'))
  }
  await bus.publish(subjects.health('shop', 'mine'), event)
  await waitFor(async () => (await letters()).length === 1)
  const ahead = { ...event, id: 'ahead-1', service: 'shop', check: 'ahead', critical: false }
  await bus.publish(subjects.health('shop', 'ahead'), { ...ahead, lastRun: '2099-01-01T00:00:00.000Z' })
  const found = await waitFor(async () => find(await report(), 'ahead'))
  expect(Date.parse(found.lastRun)).toBeLessThanOrEqual(Date.now() + 1000)
  expect(find(await report(), 'redis')?.message).not.toContain('forged')
  await bus.publish(subjects.health('shop', 'ahead'), { ...ahead, id: 'ahead-2', ended: true })
  await waitFor(async () => find(await report(), 'ahead') === undefined)
})

it('says what another service says is amiss, though that is ready', async () => {
  others.answer({
    body: JSON.stringify({ status: 'degraded', reasons: { config: 'the new one is refused' } }),
  })
  const now = await waitFor(async () => {
    const found = find(await report(), 'notifier')
    return found?.status === 'degraded' && found
  })
  expect(now.message).toBe('notifier is degraded: config: the new one is refused')
  others.answer(200)
  await waitFor(async () => find(await report(), 'notifier')?.status === 'healthy')
})

it('is unhealthy when a critical service is not ready, says why, tells people once, and recovers', async () => {
  others.answer({ status: 503, body: JSON.stringify({ status: 'not_ready', reasons: { nats: 'away' } }) })
  const bad = await waitFor(async () => {
    const now = await report()
    const critical = ['collector', 'alert-evaluator', 'notifier'].map((name) => find(now, name)?.status)
    return critical.every((status) => status === 'unhealthy') && now
  })
  expect(bad.http).toBe(503)
  expect(find(bad, 'collector')?.message).toBe('collector is not ready (HTTP 503): nats: away')
  await waitFor(async () => (await fetch(`${health.url}/health/ready`)).status === 503)
  expect((await fetch(`${health.url}/health/live`)).status).toBe(200)
  others.answer(200)
  await waitFor(async () => (await report()).status === 'degraded')
  const requests = await waitFor(async () => {
    const { state } = await bus.jsm.streams.info('NOTIFICATIONS')
    return state.messages >= 6 && state.messages
  })
  expect(requests).toBe(6)
})

it('cuts off a service that hangs, and answers all the while', async () => {
  others.answer({ hang: true })
  const bad = await waitFor(async () => {
    const now = await report()
    return now.status === 'unhealthy' && find(now, 'collector')?.status === 'unhealthy' && now
  })
  expect(find(bad, 'collector')?.message).toContain('no result within 1000 ms')
  expect(find(bad, 'memory')?.status).not.toBe('unhealthy')
  others.answer(200)
})

it('is neither well nor ready before it has looked at everything once', async () => {
  others.answer({ hang: true })
  const port = await freePort()
  const starting = startService('health', { ...environment(), HEALTH_CHECK_PORT: String(port) })
  const answers: { ready: number; state: string; health: number }[] = []
  const ask = async () => {
    const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
    const [ready, now] = await Promise.all([at('/health/ready'), at('/health')])
    const { status } = (await ready.json()) as { status: string }
    answers.push({ ready: ready.status, state: status, health: now.status })
    return status === 'not_ready'
  }
  try {
    // By then what hangs has been cut off, which is the first result of each.
    await waitFor(() => ask().catch(() => false))
    others.answer(200)
    const second = await starting
    const found = (await (await fetch(`${second.url}/health`)).json()) as HealthReport
    expect(found.checks).toHaveLength(11)
    // Redis is connected to while the others are looked at: no false alarm at the start.
    expect(second.logs.filter(({ msg }) => msg === 'Redis answers')).toEqual([])
  } finally {
    await starting.then((second) => second.stop())
  }
  expect(answers.length).toBeGreaterThan(10)
  expect(answers.at(-1)?.state).toBe('not_ready')
  expect(new Set(answers.slice(0, -1).map(({ state }) => state))).toEqual(new Set(['starting']))
  expect(answers.filter(({ ready }) => ready === 200)).toEqual([])
  expect(answers.filter(({ health: status }) => status === 200)).toEqual([])
})

it('goes on without Redis, degraded, and without NATS, unhealthy', async () => {
  await waitFor(async () => (await report()).status === 'degraded')
  await redis.kill()
  await waitFor(async () => find(await report(), 'redis')?.status === 'unhealthy')
  expect((await report()).status).toBe('degraded')
  await nats.kill()
  const bad = await waitFor(async () => {
    const now = await report()
    return find(now, 'nats')?.status === 'unhealthy' && now
  })
  expect(bad.status).toBe('unhealthy')
  await Promise.all([nats.restart(), redis.restart()])
  await waitFor(async () => (await report()).status === 'degraded', { timeoutMs: 15_000 })
})
