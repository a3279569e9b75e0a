import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { failOnLeaks, freePort, startAlertmanager, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AlertmanagerWorld, startAlertmanagerWorld } from './alertmanager-world.ts'
import { startTlsFront, type TlsFront } from './tls-front.ts'

failOnLeaks({ beforeAll, afterAll })

const run = promisify(execFile)
const LOGIN = 'tocsin:p@ss'

describe('two Alertmanagers, one of them dead, the other behind TLS with logins and a path', () => {
  let world: AlertmanagerWorld
  let front: TlsFront
  let deadPort: number
  beforeAll(async () => {
    deadPort = await freePort()
    const behind = await freePort()
    front = await startTlsFront(`http://127.0.0.1:${behind}`, { path: '/monitoring/am', login: LOGIN })
    world = await startAlertmanagerWorld({
      alertmanagerPort: behind,
      env: {
        ALERT_MANAGER_URL: `http://127.0.0.1:${deadPort},https://tocsin:p%40ss@${front.host}/monitoring/am/`,
        ALERT_MANAGER_CA: front.files.ca,
        ALERT_MANAGER_CERT: front.files.cert,
        ALERT_MANAGER_KEY: front.files.key,
      },
    })
  }, 60_000)
  afterAll(async () => {
    await world.stop()
    await front.stop()
  }, 60_000)

  it('one that takes an alert is enough', async () => {
    await world.alert('ByTls')
    await world.untilTold('ByTls', ['firing'])
    expect(await world.alertsInAlertmanager('ByTls')).toHaveLength(1)
    await waitFor(
      async () => (await world.metric(/^tocsin_alertmanager_up\{alertmanager="http:.*\} (\d)/m)) === 0,
    )
    expect(await world.metric(/^tocsin_alertmanager_up\{alertmanager="https:.*\} (\d)/m)).toBe(1)
    expect(
      await world.metric(/^tocsin_alertmanager_queue_length\{alertmanager="http:.*\} (\d)/m),
    ).toBeGreaterThan(0)
    // On a slow machine the first handshakes may take longer than the fallback waits: it is ready soon after.
    await waitFor(
      async () => (await (await fetch(`${world.service.url}/health/ready`)).text()).includes('"ready"'),
      { timeoutMs: 15_000 },
    )
    const text = await (await fetch(`${world.service.url}/metrics`)).text()
    expect(`${text}${JSON.stringify(world.service.logs)}`).not.toMatch(/p@ss|p%40ss/)
  }, 30_000)

  it('its silences count, and what it refuses is told directly, while the rest of the batch is not', async () => {
    await run('amtool', [
      `--alertmanager.url=${world.alertmanager.url}`,
      ...['silence', 'add', 'alertname=Silenced', '--comment=test', '--author=test', '--duration=1h'],
    ])
    await Promise.all([
      world.alert('Silenced'),
      world.alert('Refused', 'firing', { labels: { 'not-a-name': 'x' } }),
      ...Array.from({ length: 20 }, (_, n) =>
        world.alert('Taken', 'firing', { id: `taken-${n}`, labels: { n: `${n}` } }),
      ),
    ])
    await world.untilTold('Refused', ['firing'])
    await waitFor(() => world.toldOf('Taken').length === 20, { timeoutMs: 15_000 })
    expect(await world.alertsInAlertmanager('Taken')).toHaveLength(20)
    await world.service.waitForLog(({ msg }) => msg === 'Alertmanager refuses an alert')
    expect(await world.metric(/^tocsin_alertmanager_direct_total\{reason="not_taken"\} (\d+)/m)).toBe(1)
    await world.alert('Refused', 'resolved', { labels: { 'not-a-name': 'x' } })
    await world.untilTold('Refused', ['firing', 'resolved'])
    const [silenced] = await world.alertsInAlertmanager('Silenced')
    expect(silenced?.status.state).toBe('suppressed')
    expect(world.toldOf('Silenced')).toEqual([])
  }, 60_000)

  it('says what to do about a login that is refused', async () => {
    await world.service.restart({
      ALERT_MANAGER_URL: `https://${front.host}/monitoring/am`,
      ALERT_MANAGER_USER: 'tocsin',
      ALERT_MANAGER_PASS: 'wrong',
    })
    const line = await world.service.waitForLog(({ detail }) => String(detail).includes('ALERT_MANAGER_PASS'))
    expect(line['reason']).toBe('http_401')
    await world.alert('WrongLogin')
    await world.untilTold('WrongLogin', ['firing'])
  }, 60_000)
})

describe('an Alertmanager whose webhook does not lead here', () => {
  it('has its alerts told directly, and says what is missing, until the webhook comes', async () => {
    const world = await startAlertmanagerWorld({
      config: 'route: { receiver: none }\nreceivers: [{ name: none }]\n',
      env: { ALERT_MANAGER_WEBHOOK_WITHIN: '2s' },
    })
    try {
      await world.alert('Unheard')
      await world.untilTold('Unheard', ['firing'])
      await world.service.waitForLog(({ msg }) => /webhook_configs/.test(msg ?? ''))
      const ready = await fetch(`${world.service.url}/health/ready`)
      expect(await ready.json()).toMatchObject({ status: 'degraded' })
      const port = world.alertmanager.port
      await world.alertmanager.stop()
      const wired = await startAlertmanager({ port, config: world.wiredConfig })
      try {
        await waitFor(async () => (await world.alertsInAlertmanager('Unheard')).length === 1, {
          timeoutMs: 20_000,
        })
        await waitFor(
          async () => (await (await fetch(`${world.service.url}/health/ready`)).text()).includes('"ready"'),
          {
            timeoutMs: 20_000,
          },
        )
        await world.alert('Heard')
        await world.untilTold('Heard', ['firing'])
        const { groupKey } = (await world.waitForDeliveries('outcome=delivered&channel=webhook', 2))[0] ?? {}
        expect(groupKey).toMatch(/^alertmanager\//)
        await world.alert('Unheard', 'resolved')
        await world.untilTold('Unheard', ['firing', 'resolved'])
      } finally {
        await wired.stop()
      }
    } finally {
      await world.stop()
    }
  }, 120_000)
})
