import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transition } from './samples/events.ts'
import { startWorld, subjects, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

/** The titles of all digest entries that the webhook was sent. */
const titles = () =>
  world.sink.requests
    .filter((request) => request.body.includes('"kind":"digest"'))
    .flatMap((request) => (request.json() as { entries: { title: string }[] }).entries)
    .map((entry) => entry.title)
const times = (title: string) => titles().filter((candidate) => candidate === title).length

const readiness = async () => {
  const answer = await fetch(`${world.service.url}/health/ready`)
  const { status } = (await answer.json()) as { status: string }
  return { code: answer.status, status }
}

describe('a digest', () => {
  it('waits while Redis is away, says so, holds nothing else up, and comes once Redis is back', async () => {
    await world.redis.kill()
    await waitFor(async () => (await readiness()).status === 'degraded')
    expect((await readiness()).code).toBe(200)
    await world.publishAlert(transition({ name: 'LowWhileAway', severity: 'low' }))
    await world.publishAlert(transition({ name: 'CriticalWhileAway' }))
    await world.sink.waitForRequest((request) => request.body.includes('CriticalWhileAway'))
    await world.redis.restart()
    await waitFor(() => times('LowWhileAway') > 0, { timeoutMs: 20_000 })
    await waitFor(async () => (await readiness()).status === 'ready')
  })

  it('is whole even when Redis comes back empty', async () => {
    await world.publish(subjects.notificationRequest, JSON.stringify({ title: 'Forgotten', severity: 'low' }))
    await waitFor(() => world.service.logs.length > 0)
    await world.redis.kill()
    await world.redis.restart()
    await waitFor(() => times('Forgotten') > 0, { timeoutMs: 20_000 })
  })

  it('survives the death of the notifier, once', async () => {
    for (let i = 0; i < 20; i++)
      await world.publish(
        subjects.notificationRequest,
        JSON.stringify({ title: `Survivor ${i}`, severity: 'low' }),
      )
    await world.service.kill()
    await world.service.restart()
    await waitFor(() => Array.from({ length: 20 }, (_, i) => times(`Survivor ${i}`)).every((n) => n > 0), {
      timeoutMs: 40_000,
    })
    await world.publish(subjects.notificationRequest, JSON.stringify({ title: 'After', severity: 'low' }))
    await waitFor(() => times('After') > 0, { timeoutMs: 40_000 })
    expect(Array.from({ length: 20 }, (_, i) => times(`Survivor ${i}`))).toEqual(
      Array.from({ length: 20 }, () => 1),
    )
  }, 90_000)
})
