import { setTimeout as delay } from 'node:timers/promises'
import { errors, type NatsConnection } from '@nats-io/transport-node'
import { waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GuardedSystem, startGuardedSystem, type User, users } from '../start-guarded-system.ts'

let system: GuardedSystem
const bounded = { timeoutMs: 60_000 }

beforeAll(async () => {
  system = await startGuardedSystem()
}, 400_000)
afterAll(() => system?.stop())

const urlOf = (name: (typeof users)[number]) => system.services.get(name)?.url
const readJson = async (url: string) => (await fetch(url)).json()

describe('what each user may', () => {
  it('is all that the whole system does: nothing was denied', async () => {
    const { app, smtp, services } = system
    app.addCustomHealthCheck({
      name: 'till',
      type: 'service',
      interval: 500,
      timeout: 400,
      check: () => ({ status: 'healthy' }),
    })
    app.metrics.gauge({ name: 'till_drawers_open', help: 'Drawers' }).set(3)
    await app.alertManager.addCustomRule({
      name: 'DrawersOpen',
      expression: 'till_drawers_open > 2',
      for: '0s',
      severity: 'critical',
      annotations: { summary: 'Drawers are open', description: '{{ $value }} of them' },
    })
    await app.notify('The shop opens', 'Good morning', 'high')
    await smtp.waitForMail((mail) => mail.subject?.includes('DrawersOpen') === true, 60_000)
    await smtp.waitForMail((mail) => mail.subject?.includes('The shop opens') === true, 60_000)
    app.metrics.gauge({ name: 'till_drawers_open', help: 'Drawers' }).set(0)
    await smtp.waitForMail((mail) => /RESOLVED.*DrawersOpen/i.test(mail.subject ?? ''), 60_000)

    await waitFor(
      async () => JSON.stringify(await readJson(`${urlOf('health')}/health`)).includes('till'),
      bounded,
    )
    expect((await app.getSLAReport('day')).period).toBe('day')
    await app
      .getCapacityForecast('memory', 7)
      .catch((error: Error) => expect(error.message).toContain('capacity'))
    const anybody = await system.connectAs()
    anybody.publish('monitoring.metrics.by-hand', '{ not JSON')
    anybody.publish('monitoring.notifications.request', '{ not JSON')
    await anybody.drain()
    await useNotifierApi(`${urlOf('notifier')}/api`)
    await app.alertManager.removeCustomRule('DrawersOpen')

    const replica = await system.startReplica('alert-evaluator')
    await readJson(`${replica.url}/api/v1/rules`)
    await services.get('notifier')?.restart()
    await replica.stop()
    // The services' own metrics are seen: each may publish them.
    const ask = `${urlOf('collector')}/api/v1/query?query=count by (service) (tocsin_build_info)`
    await waitFor(async () => {
      const seen = JSON.stringify(await readJson(ask))
      return users.every((name) => seen.includes(`"service":"${name}"`))
    }, bounded)
    expect([...system.violations]).toEqual([])
  }, 400_000)
})

/** What is removed from buckets only after hours. */
const erased: readonly (readonly [User, string])[] = [
  ['alert-evaluator', 'alert-state'],
  ['notifier', 'alertmanager'],
  ['notifier', 'groups'],
  ['notifier', 'silences'],
]

it.each(erased)('%s may delete messages of the bucket %s', async (user, bucket) => {
  const connection = await system.connectAs(user)
  try {
    expect(await tryToPublish(connection, `$JS.API.STREAM.MSG.DELETE.KV_${bucket}`)).toBe('allowed')
  } finally {
    await connection.close()
  }
})

/** What Alertmanager's own clients, and people, do. */
async function useNotifierApi(api: string): Promise<void> {
  const post = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(api + path, { method: 'POST', headers, body: JSON.stringify(body) })).status
  }
  expect(await post('/v2/alerts', [{ labels: { alertname: 'ByHand', severity: 'critical' } }])).toBe(200)
  await system.smtp.waitForMail((mail) => mail.subject?.includes('ByHand') === true, 60_000)
  const matchers = [{ name: 'alertname', value: 'ByHand', isRegex: false, isEqual: true }]
  const times = { startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 60_000).toISOString() }
  const silence = { matchers, ...times, createdBy: 'test', comment: 'quiet' }
  expect(await post('/v2/silences', silence)).toBe(200)
  await readJson(`${api}/v1/deliveries`)
  const refused = await waitFor(async () => {
    const { deadLetters } = (await readJson(`${api}/v1/dead-letters`)) as { deadLetters: Letter[] }
    return deadLetters.find(({ subject }) => subject.endsWith('notifications.request'))
  }, bounded)
  // It is refused again, as a letter of its own: that it is read, published and removed is what matters here.
  expect(await post(`/v1/dead-letters/${refused.sequence}/replay`, {})).toBe(200)
}

interface Letter {
  readonly subject: string
  readonly sequence: number
}

const denied: readonly (readonly [User, 'publishes' | 'reads', string])[] = [
  ['collector', 'publishes', 'monitoring.alerts.firing.Fake'],
  ['collector', 'publishes', 'monitoring.notifications.request'],
  ['collector', 'publishes', '$JS.API.STREAM.DELETE.METRICS'],
  ['collector', 'publishes', '$JS.API.STREAM.PURGE.METRICS'],
  ['collector', 'publishes', '$JS.API.CONSUMER.CREATE.ALERTS.spy'],
  ['alert-evaluator', 'publishes', 'monitoring.outbox.email'],
  ['alert-evaluator', 'publishes', 'monitoring.alerts.direct.Fake'],
  ['alert-evaluator', 'publishes', 'monitoring.metrics.shop'],
  ['alert-evaluator', 'publishes', '$JS.API.STREAM.UPDATE.METRICS'],
  ['alert-evaluator', 'publishes', '$JS.API.STREAM.MSG.GET.OUTBOX'],
  ['alert-evaluator', 'publishes', '$JS.API.STREAM.PURGE.KV_alert-state'],
  ['alert-evaluator', 'publishes', '$KV.leases.notifier'],
  ['notifier', 'publishes', 'monitoring.rpc.alert-evaluator.put-rule'],
  ['notifier', 'publishes', 'monitoring.metrics.shop'],
  ['notifier', 'publishes', '$KV.rules.Fake'],
  ['notifier', 'publishes', '$KV.leases.alert-evaluator.shard.0'],
  ['notifier', 'publishes', '$JS.API.STREAM.PURGE.ALERTS'],
  ['notifier', 'publishes', '$JS.API.STREAM.PURGE.KV_silences'],
  ['notifier', 'publishes', '$JS.API.CONSUMER.CREATE.METRICS.spy'],
  ['health', 'publishes', 'monitoring.health.shop.till'],
  ['health', 'publishes', '$JS.API.CONSUMER.CREATE.OUTBOX.spy'],
  ['sla', 'publishes', '$KV.rules.Fake'],
  ['sla', 'publishes', '$JS.API.STREAM.CREATE.MINE'],
  ['capacity', 'publishes', 'monitoring.notifications.request'],
  ['host-agent', 'publishes', 'monitoring.metrics.shop'],
  ['host-agent', 'publishes', 'monitoring.rpc.alert-evaluator.put-rule'],
  ['app', 'publishes', 'monitoring.metrics.tocsin-collector'],
  ['app', 'publishes', 'monitoring.alerts.firing.Fake'],
  ['app', 'publishes', '$JS.API.STREAM.INFO.METRICS'],
  ['app', 'publishes', '$JS.API.CONSUMER.CREATE.METRICS.spy'],
  ['app', 'publishes', '$KV.alert-state.x'],
  ['app', 'reads', 'monitoring.>'],
  ['app', 'reads', '_INBOX_collector.>'],
  ['collector', 'reads', '_INBOX_notifier.>'],
  ['notifier', 'reads', 'monitoring.rpc.sla.report'],
  ['host-agent', 'reads', '_INBOX.>'],
  ['sla', 'reads', '$KV.slos.>'],
]

describe('what each user may not', () => {
  it.each(denied)('%s %s %s: denied', async (user, verb, subject) => {
    const connection = await system.connectAs(user)
    try {
      expect(await (verb === 'publishes' ? tryToPublish : tryToRead)(connection, subject)).toContain(subject)
    } finally {
      await connection.close()
    }
  })

  it('somebody without a login is an application', async () => {
    const connection = await system.connectAs()
    expect(await tryToRead(connection, 'monitoring.alerts.>')).toContain('monitoring.alerts.>')
    const stored = await connection.request(
      'monitoring.metrics.by-hand',
      '{"name":"x","type":"gauge","value":1}',
    )
    expect(stored.json()).toMatchObject({ stream: 'METRICS' })
    await connection.close()
  })
})

/** What the server denies of a message that wants an answer; `allowed` when it does not. */
async function tryToPublish(connection: NatsConnection, subject: string): Promise<string> {
  try {
    await connection.request(subject, '{}', { timeout: 5000 })
    return 'allowed'
  } catch (error) {
    return error instanceof errors.PermissionViolationError ? error.message : `allowed (${String(error)})`
  }
}

/** What the server denies of a subscription; `allowed` when it answers what was sent behind it, and denied nothing. */
async function tryToRead(connection: NatsConnection, subject: string): Promise<string> {
  const refused = Promise.withResolvers<string>()
  connection.subscribe(subject, { callback: (error) => refused.resolve(error?.message ?? 'allowed') })
  await connection.flush()
  return Promise.race([refused.promise, delay(1000, 'allowed')])
}
