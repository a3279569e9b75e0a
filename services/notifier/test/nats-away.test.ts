import { failOnLeaks, type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type PostingWorld, startPostingWorld } from './posting-world.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

let world: PostingWorld
let service: ServiceUnderTest
beforeAll(async () => {
  world = await startPostingWorld('5m')
  service = await world.start()
})
afterAll(() => world.stop())

const PATHS = ['deliveries', 'deliveries/Any/story', 'dead-letters', 'dead-letters/1'] as const

async function ask(path: string) {
  const answer = await fetch(`${service.url}/api/v1/${path}`)
  const { error } = (await answer.json()) as { error?: { code: string; message: string } }
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), error }
}

async function expectAway(): Promise<void> {
  for (const { status, retryAfter, error } of await Promise.all(PATHS.map(ask))) {
    expect(error?.message).not.toContain('see the log')
    expect([status, retryAfter]).toEqual([503, '5'])
    expect(['unavailable', 'timeout']).toContain(error?.code)
  }
}

it.each([
  ['killed', () => world.nats.kill(), () => world.nats.restart()],
  ['suspended', () => world.nats.pause(), () => world.nats.resume()],
] as const)('the logs say that NATS is away while it is %s', async (_, leave, comeBack) => {
  await leave()
  await expectAway()
  await comeBack()
  await waitFor(async () => (await ask('deliveries')).status === 200, { timeoutMs: 60_000 })
})
