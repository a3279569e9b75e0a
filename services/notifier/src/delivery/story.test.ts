import { expect, it } from 'vitest'
import { deliveryBed } from '../../test/delivery-bed.ts'
import { alertsNotification, T0, transition } from '../../test/samples/events.ts'
import { storyOf } from './story.ts'

const HOUR = 3_600_000

it('tells of a receiver that fails for an hour: what fired, every attempt, and that each was delivered once, in order', async () => {
  const bed = deliveryBed({
    answer: (ms) =>
      ms < HOUR
        ? { result: 'retry', reason: 'http_500', detail: 'no database' }
        : { result: 'delivered', reason: 'ok' },
  })
  const { deliver } = await bed.born()
  const facts = { name: 'HighErrorRate', timeMs: T0 }
  const transitions = [transition(facts), transition({ ...facts, state: 'resolved', timeMs: T0 + 60_000 })]
  const firing = alertsNotification('webhook', { id: 'n1-webhook' })
  const resolved = alertsNotification('webhook', { id: 'n2-webhook', status: 'resolved' })
  const done = Promise.all([firing, resolved].map((event) => deliver(event)))
  await bed.clock.advance(2 * HOUR)
  await done
  expect(bed.arrived.map(({ id }) => id)).toEqual(['n1-webhook', 'n2-webhook'])

  const story = storyOf(transitions, bed.logged)
  const told = story.flatMap(({ what, delivery }) => (delivery ? [{ what, ...delivery }] : []))
  const failed = told.filter(({ what }) => what === 'failed')
  // 1, 2, 4 … 256 s, then every 5 minutes: as many attempts as an hour holds, numbered, each with its reason.
  expect(failed.length).toBeGreaterThan(15)
  expect(failed.map(({ attempt }) => attempt)).toEqual(failed.map((_, i) => i + 1))
  for (const attempt of failed) expect(attempt).toMatchObject({ reason: 'http_500', detail: 'no database' })
  expect(told.slice(-2)).toMatchObject([
    { what: 'delivered', notification: 'n1-webhook', attempt: failed.length + 1 },
    { what: 'delivered', notification: 'n2-webhook', attempt: 1 },
  ])
  expect(story.filter(({ delivery }) => !delivery).map(({ what }) => what)).toEqual(['firing', 'resolved'])
  const sentMs = story.flatMap(({ stages: { sent } }) => (sent ? [Date.parse(sent) - bed.startMs] : []))
  expect(sentMs.length).toBe(2)
  expect(Math.min(...sentMs)).toBeGreaterThanOrEqual(HOUR)
})
