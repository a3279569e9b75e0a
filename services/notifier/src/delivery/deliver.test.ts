import { createSubjects, type DeliveryEvent, deliveryEvent, type OutboxEvent } from '@tocsin/contract'
import { createLog, createMetrics, type Delivery } from '@tocsin/runtime'
import { testClock } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'
import { alertsNotification, messageNotification } from '../../test/samples/events.ts'
import { createNotifierMetrics } from '../metrics.ts'
import type { Channel, SendOutcome } from './channel.ts'
import { createDeliver } from './deliver.ts'
import { createRecentIds } from './recent-ids.ts'

const HOUR = 3_600_000

/** A channel that answers as told by the time of day, in front of the real stage; what is logged is kept. */
function start(answer: (nowMs: number, event: OutboxEvent) => SendOutcome, random = () => 0) {
  const clock = testClock()
  const startMs = clock.now()
  const arrived: OutboxEvent[] = []
  const attempts: number[] = []
  const logged: DeliveryEvent[] = []
  const channel: Channel = {
    name: 'webhook',
    concurrency: 4,
    secrets: ['s3cret'],
    send(event) {
      attempts.push(clock.now() - startMs)
      const outcome = answer(clock.now() - startMs, event)
      if (outcome.result === 'delivered') arrived.push(event)
      return Promise.resolve(outcome)
    },
    close() {},
  }
  const deliver = createDeliver(channel, {
    bus: {
      subjects: createSubjects(),
      publish(_subject, entry) {
        logged.push(deliveryEvent.parse(entry))
        return Promise.resolve({ stream: 'DELIVERIES', sequence: logged.length, duplicate: false })
      },
    },
    clock,
    log: createLog({ service: 'notifier', version: 'test', level: 'silent' }),
    metrics: createNotifierMetrics(createMetrics('notifier', 'test')),
    mayAct: () => true,
    stopping: new AbortController().signal,
    sent: createRecentIds(),
    retryForMs: 24 * HOUR,
    timeoutMs: 10_000,
    random,
  })
  const delivery = { timeMs: startMs, signal: new AbortController().signal } as Delivery
  return {
    clock,
    arrived,
    attempts,
    logged,
    deliver: (event: OutboxEvent) => Promise.resolve(deliver(event, delivery)),
  }
}

const later = { result: 'retry', reason: 'http_500', detail: 'token s3cret' } as const
const ok = { result: 'delivered', reason: 'ok' } as const

describe('the delivery of a channel', () => {
  it('outlasts a receiver that fails for an hour: everything arrives once, in order', async () => {
    const { clock, arrived, logged, deliver } = start((ms) => (ms < HOUR ? later : ok))
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
    const { clock, attempts, deliver } = start((ms) => (ms < HOUR / 2 ? later : ok))
    const done = deliver(alertsNotification('webhook'))
    await clock.advance(HOUR)
    await done
    expect(attempts.slice(0, 6)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000])
    expect(Math.max(...attempts.slice(1).map((ms, i) => ms - (attempts[i] ?? 0)))).toBe(300_000)
  })

  it('gives up after a day, with the last reason', async () => {
    const { clock, attempts, deliver, logged } = start(() => later)
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
    const { clock, arrived, deliver } = start((ms) => (ms < HOUR ? later : ok))
    const done = deliver(messageNotification('webhook', { time: '2020-01-01T00:00:00Z' }))
    await clock.advance(2 * HOUR)
    await done
    expect(arrived).toHaveLength(1)
  })

  it('counts the day from when it was accepted, also for one that was put at the end of the queue again', async () => {
    const { clock, attempts, deliver } = start(() => later)
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
    const { clock, attempts, deliver } = start((ms) => (ms === 0 ? busy : ok))
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
    const { arrived, deliver } = start(() => ok)
    const event = alertsNotification('webhook')
    await deliver(event)
    await deliver(event)
    expect(arrived).toHaveLength(1)
  })

  it('does not let one group hold up another', async () => {
    const { clock, arrived, deliver } = start((ms, { groupKey }) =>
      groupKey === 'slow' && ms < HOUR ? later : ok,
    )
    const slow = deliver(alertsNotification('webhook', { groupKey: 'slow' }))
    await deliver(alertsNotification('webhook', { groupKey: 'fast' }))
    expect(arrived.map((event) => event.groupKey)).toEqual(['fast'])
    await clock.advance(2 * HOUR)
    await slow
  })
})
