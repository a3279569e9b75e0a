import { setTimeout as delay } from 'node:timers/promises'
import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AlertmanagerWorld, startAlertmanagerWorld } from './alertmanager-world.ts'

failOnLeaks({ beforeAll, afterAll })

let world: AlertmanagerWorld
beforeAll(async () => {
  world = await startAlertmanagerWorld()
}, 60_000)
afterAll(() => world.stop(), 60_000)

/** Longer than Alertmanager takes to tell a group, and the notifier to send it: what has not come by then does not. */
const untilQuiet = () => delay(4000)
const untilFallback = (active: 0 | 1) =>
  waitFor(
    async () => (await world.metric(/^tocsin_alertmanager_fallback_active(?:\{[^}]*\})? (\d)/m)) === active,
    {
      what: `fallback ${active}`,
      timeoutMs: 20_000,
    },
  )

describe('with Alertmanager at hand', () => {
  it('tells people through it only, with all fields, until it resolves', async () => {
    const event = await world.alert('Healthy', 'firing', { annotations: { summary: 'It broke' } })
    await world.untilTold('Healthy', ['firing'])
    const [alert] = await world.alertsInAlertmanager('Healthy')
    expect(alert).toMatchObject({
      labels: event.labels,
      annotations: { summary: 'It broke' },
      generatorURL: 'http://localhost:3003/graph?g0.expr=up',
      status: { state: 'active' },
    })
    expect(Date.parse(alert?.startsAt ?? '')).toBe(Date.parse(event.firedAt ?? ''))
    const deliveries = await world.waitForDeliveries('outcome=delivered&channel=webhook', 1)
    expect(deliveries[0]?.groupKey).toMatch(/^alertmanager\//)
    // Longer than resolve_timeout, and than it would last without being sent again.
    await waitFor(
      async () => {
        const [now] = await world.alertsInAlertmanager('Healthy')
        return Date.parse(now?.endsAt ?? '') > Date.parse(alert?.endsAt ?? '') + 4000
      },
      { what: 'resends', timeoutMs: 20_000 },
    )
    expect(world.toldOf('Healthy')).toEqual(['firing'])
    await world.alert('Healthy', 'resolved')
    await world.untilTold('Healthy', ['firing', 'resolved'])
  }, 60_000)
})

describe('an alert that is posted to us', () => {
  it('is told through Alertmanager as well', async () => {
    const startsAt = new Date().toISOString()
    const post = (endsMs: number) =>
      fetch(`${world.service.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([
          { labels: { alertname: 'Posted' }, startsAt, endsAt: new Date(endsMs).toISOString() },
        ]),
      })
    expect((await post(Date.now() + 600_000)).status).toBe(200)
    await world.untilTold('Posted', ['firing'])
    expect(await world.alertsInAlertmanager('Posted')).toHaveLength(1)
    expect((await post(Date.now())).status).toBe(200)
    await world.untilTold('Posted', ['firing', 'resolved'])
    const deliveries = await world.waitForDeliveries('outcome=delivered&channel=webhook&alertname=Posted', 2)
    expect(deliveries.every(({ groupKey }) => groupKey.startsWith('alertmanager/'))).toBe(true)
  }, 60_000)
})

describe('when Alertmanager dies', () => {
  it('tells directly, once, and directly to the end, also after it has come back', async () => {
    await world.alert('Before')
    await world.untilTold('Before', ['firing'])
    await world.alertmanager.kill()
    await world.alert('During')
    await world.untilTold('During', ['firing'])
    await untilFallback(1)
    const ready = await fetch(`${world.service.url}/health/ready`)
    expect(await ready.json()).toMatchObject({
      status: 'degraded',
      reasons: { alertmanager: expect.stringContaining('directly') },
    })
    await world.alert('Later')
    await world.untilTold('Later', ['firing'])
    await world.alertmanager.restart()
    await untilFallback(0)
    await waitFor(async () => (await world.alertsInAlertmanager('Before')).length === 1, {
      timeoutMs: 15_000,
    })
    await waitFor(async () => (await world.alertsInAlertmanager('During')).length === 1, {
      timeoutMs: 15_000,
    })
    await untilQuiet()
    for (const name of ['Before', 'During', 'Later'])
      expect([name, world.toldOf(name)]).toEqual([name, ['firing']])
    for (const name of ['Before', 'During', 'Later']) await world.alert(name, 'resolved')
    for (const name of ['Before', 'During', 'Later']) await world.untilTold(name, ['firing', 'resolved'])
    await world.alert('During')
    await world.untilTold('During', ['firing', 'resolved', 'firing'])
    await untilQuiet()
    for (const name of ['Before', 'Later']) expect(world.toldOf(name)).toEqual(['firing', 'resolved'])
    expect(world.toldOf('During')).toEqual(['firing', 'resolved', 'firing'])
    await world.alert('During', 'resolved')
    await world.untilTold('During', ['firing', 'resolved', 'firing', 'resolved'])
  }, 120_000)

  it('tells the end of what Alertmanager had told, once', async () => {
    await world.alert('EndsMeanwhile')
    await world.untilTold('EndsMeanwhile', ['firing'])
    await world.alertmanager.kill()
    await world.alert('EndsMeanwhile', 'resolved')
    await world.untilTold('EndsMeanwhile', ['firing', 'resolved'])
    await world.alertmanager.restart()
    await untilFallback(0)
    await world.alert('EndsMeanwhile')
    await world.untilTold('EndsMeanwhile', ['firing', 'resolved', 'firing'])
    await world.alert('EndsMeanwhile', 'resolved')
    await world.untilTold('EndsMeanwhile', ['firing', 'resolved', 'firing', 'resolved'])
    await untilQuiet()
    expect(world.toldOf('EndsMeanwhile')).toEqual(['firing', 'resolved', 'firing', 'resolved'])
  }, 120_000)

  it('loses and repeats nothing when the notifier is killed as well', async () => {
    await world.alert('BothBefore')
    await world.untilTold('BothBefore', ['firing'])
    await world.alertmanager.kill()
    const during = await world.alert('BothDuring')
    await world.service.kill()
    const away = await world.alert('BothAway')
    await world.service.restart()
    await world.untilTold('BothDuring', ['firing'], 30_000)
    await world.untilTold('BothAway', ['firing'], 30_000)
    for (const event of [during, away]) await world.untilRecorded(event)
    await world.service.kill()
    await world.alertmanager.restart()
    await world.service.restart()
    await waitFor(async () => (await world.alertsInAlertmanager('BothAway')).length === 1, {
      timeoutMs: 30_000,
    })
    await untilQuiet()
    const names = ['BothBefore', 'BothDuring', 'BothAway']
    for (const name of names) expect([name, world.toldOf(name)]).toEqual([name, ['firing']])
    for (const name of names) await world.alert(name, 'resolved')
    for (const name of names) await world.untilTold(name, ['firing', 'resolved'], 30_000)
    await untilQuiet()
    for (const name of names) expect([name, world.toldOf(name)]).toEqual([name, ['firing', 'resolved']])
  }, 120_000)
})

describe('when Alertmanager is no longer a target', () => {
  it('tells directly what is left, once, whatever Alertmanager makes of the silence', async () => {
    await world.alert('Left')
    await world.untilTold('Left', ['firing'])
    await world.service.restart({ ALERT_MANAGER_ENABLED: 'false' })
    await world.alert('New')
    await world.untilTold('New', ['firing'])
    // It has not heard of the alert for long enough to take it for over.
    await waitFor(async () => (await world.alertsInAlertmanager('Left')).length === 0, { timeoutMs: 15_000 })
    await untilQuiet()
    expect(world.toldOf('Left')).toEqual(['firing'])
    await world.alert('Left', 'resolved')
    await world.alert('New', 'resolved')
    for (const name of ['Left', 'New']) await world.untilTold(name, ['firing', 'resolved'])
    expect(await world.alertsInAlertmanager('New')).toEqual([])
  }, 60_000)
})
