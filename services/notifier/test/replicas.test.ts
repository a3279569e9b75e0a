import { failOnLeaks, type ServiceUnderTest, startService, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { transition } from './samples/events.ts'
import { startWorld, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

let world: World
let second: ServiceUnderTest
beforeAll(async () => {
  world = await startWorld()
  second = await startService('notifier', {
    NATS_URL: world.nats.url,
    REDIS_URL: world.redis.url,
    WEBHOOK_URL: world.sink.url,
  })
})
afterAll(async () => {
  await second.stop()
  await world.stop()
})

it('lets one replica work at a time, and another take over when it dies', async () => {
  for (let n = 0; n < 10; n++) await world.publishAlert(transition({ name: `Before${n}` }))
  await world.waitForDeliveries('outcome=delivered&channel=webhook', 10)
  expect(second.logs.some((line) => line.msg === 'at work')).toBe(false)
  await world.service.kill()
  for (let n = 0; n < 10; n++) {
    await world.publishAlert(transition({ name: `After${n}` }))
    await world.publishAlert(transition({ name: `Before${n}`, state: 'resolved' }))
  }
  await waitFor(() => world.sink.requests.length >= 30, { timeoutMs: 15_000 })
  const told = world.sink.requests.map((request) => {
    const { status, groupLabels } = request.json() as { status: string; groupLabels: Record<string, string> }
    return `${status} ${groupLabels['alertname']}`
  })
  const numbers = Array.from({ length: 10 }, (_, n) => n)
  expect([...told].sort()).toEqual(
    numbers.flatMap((n) => [`firing After${n}`, `firing Before${n}`, `resolved Before${n}`]).sort(),
  )
})

it('shows on a replica that has lost the work what the next one stores', async () => {
  const shown = async (name: string) => {
    const answer = await fetch(
      `${second.url}/api/v2/alerts?filter=${encodeURIComponent(`alertname="${name}"`)}`,
    )
    return ((await answer.json()) as unknown[]).length
  }
  const atWork = ({ logs }: ServiceUnderTest) => logs.filter(({ msg }) => msg === 'at work').length
  await world.service.restart()
  const before = atWork(world.service)
  await world.publishAlert(transition({ name: 'Passing' }))
  await waitFor(async () => (await shown('Passing')) === 1)
  process.kill(second.pid, 'SIGSTOP')
  try {
    await waitFor(() => atWork(world.service) > before, { timeoutMs: 30_000 })
    await world.publishAlert(transition({ name: 'Passing', state: 'resolved' }))
    await world.publishAlert(transition({ name: 'Lasting' }))
    const told = (status: string, name: string) =>
      world.sink.requests.some(({ body }) => body.includes(`"status":"${status}"`) && body.includes(name))
    await waitFor(() => told('resolved', 'Passing') && told('firing', 'Lasting'), { timeoutMs: 15_000 })
  } finally {
    process.kill(second.pid, 'SIGCONT')
  }
  await waitFor(async () => (await shown('Lasting')) === 1 && (await shown('Passing')) === 0, {
    timeoutMs: 15_000,
  })
}, 90_000)
