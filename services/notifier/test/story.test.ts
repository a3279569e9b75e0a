import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StoryLine } from '../src/delivery/story.ts'
import { transition } from './samples/events.ts'
import { startWorld, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

let world: World
beforeAll(async () => {
  world = await startWorld({ SLACK_WEBHOOK_URL: '', SMTP_HOST: '' })
})
afterAll(() => world.stop())

const storyOf = async (alert: string, query = '') => {
  const answer = await fetch(`${world.service.url}/api/v1/deliveries/${alert}/story?${query}`)
  return ((await answer.json()) as { lines: StoryLine[] }).lines
}

describe('the delivery log', () => {
  it('tells the story of an alert, with a time for each stage', async () => {
    world.sink.answer(503, 503, 200)
    const firing = transition({ name: 'Storied', timeMs: Date.now() })
    await world.publishAlert(firing)
    await world.waitForDeliveries('outcome=delivered&alertname=Storied', 1)
    await world.publishAlert(transition({ name: 'Storied', state: 'resolved', timeMs: Date.now() }))
    await world.waitForDeliveries('outcome=delivered&alertname=Storied', 2)
    const lines = await storyOf('Storied')
    expect(
      lines.map(({ what, delivery }) => (delivery ? `${what} ${delivery.attempt} ${delivery.reason}` : what)),
    ).toEqual([
      'firing',
      'failed 1 http_503',
      'failed 2 http_503',
      'delivered 3 ok',
      'resolved',
      'delivered 1 ok',
    ])
    const { event, evaluated, accepted, grouped, sent, acknowledged } = lines[3]?.stages ?? {}
    const stages = [event, evaluated, accepted, grouped, sent, acknowledged]
    expect(stages).not.toContain(undefined)
    expect([...stages].sort()).toEqual(stages)
    expect(await storyOf(firing.fingerprint)).toEqual(lines)
  })

  it('is searched by time, alert and receiver', async () => {
    const beforeMs = Date.now()
    await world.publishAlert(transition({ name: 'Later' }))
    await world.waitForDeliveries('alertname=Later', 1)
    const names = async (query: string) =>
      (await world.deliveries(query)).flatMap(({ alertnames }) => alertnames ?? [])
    expect(await names(`since=${new Date(beforeMs).toISOString()}`)).toEqual(['Later'])
    expect(await names(`until=${new Date(beforeMs).toISOString()}`)).not.toContain('Later')
    expect(await names(`since=${(beforeMs + 3_600_000) / 1000}`)).toEqual([])
    expect(await names('receiver=nobody')).toEqual([])
    expect(await names('receiver=default&alertname=Later')).toEqual(['Later'])
  })

  it('knows which alerts a digest told of', async () => {
    await world.publishAlert(transition({ name: 'Quiet', severity: 'low' }))
    await waitFor(
      async () => (await world.deliveries('kind=digest&outcome=delivered&alertname=Quiet')).length === 1,
    )
    expect((await storyOf('Quiet')).map(({ what }) => what)).toEqual(['firing', 'delivered'])
  })
})
