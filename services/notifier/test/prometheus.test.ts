import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startAlertmanager,
  startPrometheus,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type PostingWorld, startPostingWorld } from './posting-world.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let world: PostingWorld
let service: ServiceUnderTest
let folder: string
beforeAll(async () => {
  world = await startPostingWorld('5m')
  service = await world.start({ NOTIFIER_AUTH_TOKEN: 'let-me-in' })
  folder = await mkdtemp(join(tmpdir(), 'tocsin-prometheus-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await world.stop()
})

/** A real Prometheus with one alert that fires at once, and ends some seconds later. */
async function prometheusTelling(name: string, target: Server | ServiceUnderTest): Promise<Server> {
  const rules = join(folder, `${name}.yml`)
  const end = Math.floor(Date.now() / 1000) + 20
  const rule = {
    alert: name,
    expr: `vector(time()) < ${end}`,
    labels: { severity: 'critical' },
    annotations: { summary: 'It is before {{ $value }}' },
  }
  await writeFile(rules, JSON.stringify({ groups: [{ name, interval: '1s', rules: [rule] }] }))
  const address = new URL(target.url).host
  return await startPrometheus({
    config: JSON.stringify({
      rule_files: [rules],
      alerting: {
        alertmanagers: [
          {
            static_configs: [{ targets: [address] }],
            authorization: { credentials: 'let-me-in' },
            api_version: 'v2',
          },
        ],
      },
    }),
    args: ['--rules.alert.resend-delay=1s'],
  })
}

const heard = (name: string) =>
  world
    .told(name)
    .map(({ status }) => status)
    .filter((status, i, all) => status !== all[i - 1])

it('tells of an alert of a real Prometheus, and of its end', async () => {
  const prometheus = await prometheusTelling('Direct', service)
  await waitFor(() => heard('Direct').length === 2, { timeoutMs: 90_000 })
  expect(heard('Direct')).toEqual(['firing', 'resolved'])
  const [told] = world.told('Direct')
  expect(told?.alerts[0]?.labels).toEqual({ alertname: 'Direct', severity: 'critical' })
  expect(told?.alerts[0]?.generatorURL).toContain('/graph?')
  await prometheus.stop()
})

it('tells of an alert that comes by Prometheus and a real Alertmanager', async () => {
  const alertmanager = await startAlertmanager({
    config: JSON.stringify({
      route: { receiver: 'tocsin', group_wait: '0s', group_interval: '1s', repeat_interval: '1h' },
      receivers: [
        {
          name: 'tocsin',
          webhook_configs: [
            {
              url: `${service.url}/api/monitoring/alerts`,
              send_resolved: true,
              http_config: { authorization: { credentials: 'let-me-in' } },
            },
          ],
        },
      ],
    }),
  })
  const prometheus = await prometheusTelling('Relayed', alertmanager)
  await waitFor(() => heard('Relayed').length === 2, { timeoutMs: 90_000 })
  expect(heard('Relayed')).toEqual(['firing', 'resolved'])
  await Promise.all([prometheus.stop(), alertmanager.stop()])
})

it.each([
  ['/api/v2/alerts', '[]'],
  ['/api/v2/silences', '{}'],
  ['/api/monitoring/alerts', '{}'],
  ['/api/v1/notify', '{"title":"x"}'],
  ['/api/v1/silences', '{}'],
  ['/api/v1/acknowledgements', '{}'],
])('listens to no stranger at %s', async (path, body) => {
  const headers = { 'content-type': 'application/json' }
  const ask = (more: Readonly<Record<string, string>>) =>
    fetch(`${service.url}${path}`, { method: 'POST', headers: { ...headers, ...more }, body })
  expect((await ask({})).status).toBe(401)
  expect((await ask({ authorization: 'Bearer let-me-out' })).status).toBe(401)
  expect((await ask({ authorization: 'bearer let-me-in' })).status).not.toBe(401)
})
