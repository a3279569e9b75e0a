import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transition } from './samples/events.ts'
import { startWorld, subjects, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

interface Letter {
  readonly sequence: number
  readonly reason: string
  readonly channel?: string
  readonly body: string
}

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

const get = async (path: string) => {
  const answer = await fetch(`${world.service.url}/api/v1/${path}`)
  return { status: answer.status, body: (await answer.json()) as unknown }
}
const post = async (path: string, body?: unknown) => {
  const init = { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const answer = await fetch(`${world.service.url}/api/v1/${path}`, init)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const letters = async (query = '') =>
  ((await get(`dead-letters?${query}`)).body as { deadLetters: Letter[] }).deadLetters
const arrived = (name: string) => world.sink.requests.filter(({ body }) => body.includes(name)).length

/** Has so many alerts refused by the webhook's receiver for good. */
async function refuse(names: readonly string[]): Promise<void> {
  world.sink.answer(404)
  for (const name of names) await world.publishAlert(transition({ name }))
  for (const name of names)
    await waitFor(async () =>
      (await letters('reason=http_404&limit=1000')).some(({ body }) => body.includes(name)),
    )
  world.sink.answer(200)
  world.sink.clear()
}

describe('a dead letter', () => {
  it('is shown whole, and is delivered once after it is replayed, however often that is asked', async () => {
    await refuse(['ReplayedOne'])
    const [letter] = await letters('reason=http_404&channel=webhook')
    expect(letter).toMatchObject({ reason: 'http_404', channel: 'webhook' })
    expect((await get(`dead-letters/${letter?.sequence}`)).body).toMatchObject({ sequence: letter?.sequence })
    const answers = await Promise.all([1, 2, 3].map(() => post(`dead-letters/${letter?.sequence}/replay`)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const sent = await world.sink.waitForRequest(({ body }) => body.includes('ReplayedOne'))
    expect(letter?.body).toContain(`"id":"${sent.headers['idempotency-key']}"`)
    expect(await post(`dead-letters/${letter?.sequence}/replay`)).toMatchObject({
      status: 200,
      body: { status: 'gone' },
    })
    const [told] = await world.waitForDeliveries('outcome=delivered&channel=webhook&alertname=ReplayedOne', 1)
    expect(told?.stages.replayed).toBeDefined()
    expect(arrived('ReplayedOne')).toBe(1)
    expect(await letters('reason=http_404')).toEqual([])
  })

  it('is replayed by a filter, with all that it names and nothing else, the oldest first', async () => {
    const names = ['Many1', 'Many2', 'Many3', 'Many4']
    await refuse(names)
    expect((await post('dead-letters/replay', { channel: 'email' })).body).toEqual({
      replayed: 0,
      left: [],
      more: false,
    })
    expect((await post('dead-letters/replay', { reason: 'http_404', since: '1h' })).body).toMatchObject({
      replayed: 4,
    })
    await waitFor(() => names.every((name) => arrived(name) === 1))
    expect(await letters('reason=http_404')).toEqual([])
  })

  it('says why it cannot be replayed, and stays', async () => {
    await world.publish(subjects.outbox('webhook'), '{"no":"notification"}')
    await waitFor(async () => (await letters('reason=invalid_schema')).length === 1)
    const [letter] = await letters('reason=invalid_schema')
    const answer = await post(`dead-letters/${letter?.sequence}/replay`)
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'not_replayable' } } })
    expect((await post('dead-letters/replay', {})).body).toMatchObject({
      replayed: 0,
      left: [{ sequence: letter?.sequence }],
    })
    expect(await letters('reason=invalid_schema')).toHaveLength(1)
  })

  it('has faults of a request named', async () => {
    expect(await post('dead-letters/999999/replay')).toMatchObject({ status: 404 })
    expect(await post('dead-letters/x/replay')).toMatchObject({ status: 400 })
    expect(await post('dead-letters/replay', { channels: 'slack' })).toMatchObject({ status: 400 })
    expect((await get('dead-letters?since=soon')).body).toMatchObject({
      error: { code: 'invalid_query', message: expect.stringContaining('10m') },
    })
  })
})
