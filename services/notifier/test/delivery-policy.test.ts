import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  failOnLeaks,
  type HttpSink,
  type ReceivedRequest,
  type Server,
  type ServiceUnderTest,
  startHttpSink,
  startNats,
  startRedis,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

failOnLeaks({ beforeAll, afterAll })

const config = (url: string) => `
route:
  receiver: team
  group_by: ['...']
  routes:
    - { matchers: ['kind="message"', 'to="readers"'], receiver: readers, digest: { cron: '0 9 1 1 *', time_zone: Europe/Berlin, most: 3 } }
    - { matchers: ['to="limited"'], receiver: limited }
    - { matchers: ['to="patient"'], receiver: patient }
receivers:
  - { name: team, webhook_configs: [{ url: '${url}/team' }], fallback: managers }
  - { name: patient, webhook_configs: [{ url: '${url}/patient' }], fallback: { receiver: managers, after: 300ms } }
  - { name: managers, webhook_configs: [{ url: '${url}/managers' }] }
  - { name: readers, webhook_configs: [{ url: '${url}/readers' }] }
  - { name: limited, webhook_configs: [{ url: '${url}/limited' }], rate_limit: { limit: 2, per: 1h } }
`

let folder: string
let nats: Server
let redis: Server
let sink: HttpSink
let service: ServiceUnderTest
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-policy-'))
  ;[nats, redis, sink] = await Promise.all([startNats(), startRedis(), startHttpSink()])
  writeFileSync(join(folder, 'notifier.yml'), config(sink.url))
  const env = {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    NOTIFIER_CONFIG: join(folder, 'notifier.yml'),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    DIGEST_INTERVAL: '1s',
  }
  service = await startService('notifier', env, { readyTimeoutMs: 50_000 })
})
afterAll(async () => {
  await service?.stop()
  await Promise.all([sink?.stop(), redis?.stop(), nats?.stop()])
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => sink.clear())

async function notify(title: string, to: string, severity = 'high'): Promise<void> {
  const body = JSON.stringify({ title, severity, metadata: { to } })
  const answer = await fetch(`${service.url}/api/v1/notify`, { method: 'POST', body })
  expect(answer.status).toBe(202)
}

const at = (path: string) => sink.requests.filter((request) => request.path === path)
const titles = (path: string) =>
  at(path).flatMap((request) => {
    const { title, entries } = request.json() as { title: string; entries?: { title: string }[] }
    return entries ? entries.map((entry) => `digest ${entry.title}`) : [title]
  })
const answerAt = (path: string, status: number) =>
  sink.answerWith((request: ReceivedRequest) => ({ status: request.path === path ? status : 200 }))

describe('a receiver with a fallback', () => {
  it('has it told what was refused, with the reason and whom it was for', async () => {
    answerAt('/team', 403)
    await notify('Refused', 'team')
    const told = await sink.waitForRequest(({ path }) => path === '/managers')
    expect(told.json()).toMatchObject({
      title: 'Refused',
      receiver: 'managers',
      fallback: { receiver: 'team', reason: 'http_403' },
    })
    expect(at('/team')).toHaveLength(1)
  })

  it('has it told early, and once, where it may be, and is itself told in the end', async () => {
    answerAt('/patient', 500)
    await notify('Slow', 'patient')
    await sink.waitForRequest(({ path }) => path === '/managers')
    answerAt('/nobody', 500)
    await waitFor(async () => {
      const answer = await fetch(`${service.url}/api/v1/deliveries?receiver=patient&outcome=delivered`)
      return ((await answer.json()) as { deliveries: unknown[] }).deliveries.length === 1
    })
    expect(titles('/managers')).toEqual(['Slow'])
  })
})

describe('a receiver with a rate limit', () => {
  it('gets what is over it in its next digest, and what is critical at once', async () => {
    answerAt('/nobody', 500)
    for (const n of [1, 2, 3, 4]) await notify(`Usual${n}`, 'limited')
    await waitFor(() => titles('/limited').length === 4)
    await notify('Urgent', 'limited', 'critical')
    await waitFor(() => titles('/limited').length === 5)
    const told = titles('/limited')
    expect(told.slice(0, 2).every((title) => title.startsWith('Usual'))).toBe(true)
    expect(told.slice(2, 4).every((title) => title.startsWith('digest Usual'))).toBe(true)
    expect(new Set(told.map((title) => title.replace('digest ', ''))).size).toBe(5)
    expect(told[4]).toBe('Urgent')
  })
})

describe('a digest with a schedule of its own', () => {
  it('comes when as many wait as it holds, long before its time', async () => {
    answerAt('/nobody', 500)
    await notify('Read1', 'readers')
    await notify('Read2', 'readers', 'medium')
    await notify('Read3', 'readers', 'critical')
    await waitFor(() => titles('/readers').length === 3)
    // The worst first.
    expect(titles('/readers')).toEqual(['digest Read3', 'digest Read1', 'digest Read2'])
    expect(at('/readers')).toHaveLength(1)
  })
})
