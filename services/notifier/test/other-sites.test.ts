import { failOnLeaks, type ServiceUnderTest } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { inSeconds, type PostingWorld, startPostingWorld } from './posting-world.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

let world: PostingWorld
let service: ServiceUnderTest
beforeAll(async () => {
  world = await startPostingWorld('5m')
  service = await world.start()
})
afterAll(() => world.stop())

/** Everything that changes something. */
const ROUTES = [
  ['POST', '/api/v2/alerts'],
  ['POST', '/api/v2/silences'],
  ['DELETE', '/api/v2/silence/0000'],
  ['POST', '/api/v1/acknowledgements'],
  ['POST', '/acknowledge'],
  ['POST', '/api/v1/dead-letters/replay'],
  ['POST', '/api/v1/dead-letters/1/replay'],
  ['POST', '/api/v1/notify/test'],
  ['POST', '/api/v1/notify/preview'],
  ['POST', '/api/monitoring/alerts'],
  ['POST', '/api/v1/notify'],
  ['POST', '/api/v1/silences'],
  ['DELETE', '/api/v1/silences/0000'],
  ['DELETE', '/api/v1/acknowledgements/0000'],
  ['POST', '/-/reload'],
] as const

const ask = (method: string, path: string, headers: Record<string, string>, body: string | null = null) =>
  fetch(`${service.url}${path}`, { method, headers, body })

describe('a browser that a page of another site sends', () => {
  it.each(ROUTES)('changes nothing with %s %s', async (method, path) => {
    for (const [name, value] of [
      ['sec-fetch-site', 'cross-site'],
      ['sec-fetch-site', 'same-site'],
      ['sec-fetch-site', 'none'],
      ['origin', 'https://evil.example'],
      ['origin', 'null'],
    ] as const) {
      const answer = await ask(method, path, { [name]: value })
      expect(answer.status).toBe(403)
      expect(await answer.text()).toContain('NOTIFIER_EXTERNAL_URL')
    }
    expect((await ask(method, path, {})).status).not.toBe(403)
  })

  it('and one on a page of our own, or a program, does', async () => {
    const body = JSON.stringify([{ labels: { alertname: 'Ours' }, endsAt: inSeconds(60) }])
    for (const [name, value] of [
      ['origin', service.url],
      ['sec-fetch-site', 'same-origin'],
      ['user-agent', 'Prometheus/2.42.0'],
    ] as const) {
      const headers = { 'content-type': 'application/json', [name]: value }
      expect((await ask('POST', '/api/v2/alerts', headers, body)).status).toBe(200)
    }
  })
})
