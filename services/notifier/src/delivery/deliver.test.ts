import type { OutboxEvent } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { deliveryBed } from '../../test/delivery-bed.ts'
import { alertsNotification, messageNotification } from '../../test/samples/events.ts'
import type { SendOutcome } from './channel.ts'

const HOUR = 3_600_000

async function start(answer: (nowMs: number, event: OutboxEvent) => SendOutcome, random = () => 0) {
  const { clock, arrived, attempts, logged, born } = deliveryBed({ answer, random })
  const { deliver } = await born()
  return { clock, arrived, attempts, logged, deliver }
}

const later = { result: 'retry', reason: 'http_500', detail: 'token s3cret' } as const
const ok = { result: 'delivered', reason: 'ok' } as const

describe('the delivery of a channel', () => {
  it('outlasts a receiver that fails for an hour: everything arrives once, in order', async () => {
    const { clock, arrived, logged, deliver } = await start((ms) => (ms < HOUR ? later : ok))
    const events = ['firing', 'resolved', 'firing'].map((status) =>
      alertsNotification('webhook', { status: status === 'firing' ? 'firing' : 'resolved' }),
    )
    const done = Promise.all(events.map(deliver))
    await clock.advance(2 * HOUR)
    await done
    expect(arrived.map((event) => event.id)).toEqual(events.map((event) => event.id))
    expect(logged.filter((entry) => entry.outcome === 'delivered')).toHaveLength(3)
    expect(logged[0]).toMatchObject({
      outcome: 'failed',
      attempt: 1,
      reason: 'http_500',
      detail: 'token ***',
    })
  })

  it('waits twice as long after each failure, five minutes at most', async () => {
    const { clock, attempts, deliver } = await start((ms) => (ms < HOUR / 2 ? later : ok))
    const done = deliver(alertsNotification('webhook'))
    await clock.advance(HOUR)
    await done
    expect(attempts.slice(0, 6)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000])
    expect(Math.max(...attempts.slice(1).map((ms, i) => ms - (attempts[i] ?? 0)))).toBe(300_000)
  })

  it('gives up after a day, with the last reason', async () => {
    const { clock, attempts, deliver, logged } = await start(() => later)
    const done = expect(deliver(alertsNotification('webhook'))).rejects.toMatchObject({
      code: 'gave_up_http_500',
      message: 'token ***',
    })
    await clock.advance(25 * HOUR)
    await done
    expect(attempts.at(-1)).toBe(24 * HOUR)
    expect(logged.at(-1)).toMatchObject({ outcome: 'dead', reason: 'gave_up_http_500' })
  })

  it('is as patient with a message that says it is old', async () => {
    const { clock, arrived, deliver } = await start((ms) => (ms < HOUR ? later : ok))
    const done = deliver(messageNotification('webhook', { time: '2020-01-01T00:00:00Z' }))
    await clock.advance(2 * HOUR)
    await done
    expect(arrived).toHaveLength(1)
  })

  it('counts the day from when it was accepted, also for one that was put at the end of the queue again', async () => {
    const { clock, attempts, deliver } = await start(() => later)
    const grouped = new Date(clock.now() - 23 * HOUR).toISOString()
    const done = expect(
      deliver(alertsNotification('webhook', { stages: { grouped } })),
    ).rejects.toMatchObject({
      code: 'gave_up_http_500',
    })
    await clock.advance(2 * HOUR)
    await done
    expect(attempts.at(-1)).toBe(HOUR)
  })

  it('leaves the receiver alone for as long as it asks, all groups of it', async () => {
    const busy = { result: 'retry', reason: 'http_429', retryAfterMs: 60_000 } as const
    const { clock, attempts, deliver } = await start((ms) => (ms === 0 ? busy : ok))
    const first = deliver(alertsNotification('webhook', { groupKey: 'a' }))
    await clock.advance(1)
    const second = deliver(alertsNotification('webhook', { groupKey: 'b' }))
    await clock.advance(59_998)
    expect(attempts).toEqual([0])
    await clock.advance(2)
    await Promise.all([first, second])
    expect(attempts).toEqual([0, 60_000, 60_000])
  })

  it('does not send again what it has sent, when the acknowledgement got lost', async () => {
    const { arrived, deliver } = await start(() => ok)
    const event = alertsNotification('webhook')
    await deliver(event)
    await deliver(event)
    expect(arrived).toHaveLength(1)
  })

  it('does not let one group hold up another', async () => {
    const { clock, arrived, deliver } = await start((ms, { groupKey }) =>
      groupKey === 'slow' && ms < HOUR ? later : ok,
    )
    const slow = deliver(alertsNotification('webhook', { groupKey: 'slow' }))
    await deliver(alertsNotification('webhook', { groupKey: 'fast' }))
    expect(arrived.map((event) => event.groupKey)).toEqual(['fast'])
    await clock.advance(2 * HOUR)
    await slow
  })
})
