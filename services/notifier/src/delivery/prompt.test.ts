import { describe, expect, it } from 'vitest'
import { deliveryBed } from '../../test/delivery-bed.ts'
import { alertsNotification } from '../../test/samples/events.ts'
import type { SendOutcome } from './channel.ts'
import { createRecentIds } from './recent-ids.ts'

const ok = { result: 'delivered', reason: 'ok' } as const
const later = { result: 'retry', reason: 'http_500' } as const
const never = { result: 'refused', reason: 'http_400' } as const

/** Answers when it is told to. */
function slowReceiver() {
  const open: ((outcome: SendOutcome) => void)[] = []
  return { open, answer: () => new Promise<SendOutcome>((resolve) => open.push(resolve)) }
}

describe('what is told at once', () => {
  it('is delivered and in the delivery log without the queue', async () => {
    const { arrived, logged, born } = deliveryBed({ answer: () => ok })
    const { prompt } = await born()
    const event = alertsNotification('webhook')
    expect(await prompt(event)).toBe(true)
    expect(arrived).toEqual([event])
    expect(logged).toMatchObject([{ notification: event.id, outcome: 'delivered', attempt: 1 }])
  })

  it('goes on in the queue when the first attempt fails, which counts there', async () => {
    const { clock, attempts, arrived, logged, born } = deliveryBed({
      answer: (ms) => (ms === 0 ? later : ok),
    })
    const { prompt, deliver } = await born()
    const event = alertsNotification('webhook')
    expect(await prompt(event)).toBe(false)
    expect(logged).toEqual([])
    const done = deliver(event)
    await clock.advance(1000)
    await done
    expect(attempts).toEqual([0, 1000])
    expect(arrived).toHaveLength(1)
    expect(logged).toMatchObject([
      { outcome: 'failed', attempt: 1, reason: 'http_500' },
      { outcome: 'delivered', attempt: 2 },
    ])
  })

  it('is given up in the queue where it is refused', async () => {
    const { attempts, logged, born } = deliveryBed({ answer: () => never })
    const { prompt, deliver } = await born()
    const event = alertsNotification('webhook')
    expect(await prompt(event)).toBe(false)
    await expect(deliver(event)).rejects.toMatchObject({ code: 'http_400' })
    expect(attempts).toHaveLength(1)
    expect(logged).toMatchObject([{ outcome: 'dead', attempt: 1 }])
  })

  it('is waited for half a second; the same attempt is what the queue waits for then', async () => {
    const { open, answer } = slowReceiver()
    const { clock, attempts, arrived, logged, born } = deliveryBed({ answer })
    const { prompt, deliver } = await born()
    const event = alertsNotification('webhook')
    const told = prompt(event)
    await clock.advance(499)
    expect(await Promise.race([told, 'waits'])).toBe('waits')
    await clock.advance(1)
    expect(await told).toBe(false)
    // Made again, since what follows could not be stored: no second attempt.
    expect(await prompt(event)).toBe(false)
    const done = deliver(event)
    open[0]?.(ok)
    await done
    expect([attempts.length, arrived.length, logged.length]).toEqual([1, 1, 1])
  })

  it('leaves a hanging receiver to the queue, without an attempt for what waited its turn', async () => {
    const { open, answer } = slowReceiver()
    const { clock, attempts, arrived, born } = deliveryBed({ answer })
    const { prompt, deliver } = await born()
    // Four at once: the fifth waits for its turn.
    const events = Array.from({ length: 5 }, (_, i) => alertsNotification('webhook', { groupKey: `${i}` }))
    const told = Promise.all(events.map(prompt))
    await clock.advance(500)
    expect(await told).toEqual([false, false, false, false, false])
    expect(await prompt(alertsNotification('webhook', { groupKey: 'next' }))).toBe(false)
    const done = Promise.all(events.map((event) => deliver(event)))
    while (arrived.length < events.length) {
      for (const settle of open.splice(0)) settle(ok)
      await clock.advance(1)
    }
    await done
    expect(attempts).toHaveLength(5)
    // The queue is empty: the next is told at once again.
    const next = prompt(alertsNotification('webhook', { groupKey: 'next' }))
    await clock.advance(1)
    open[0]?.(ok)
    expect(await next).toBe(true)
  })

  it('is waited for while the receiver answers others', async () => {
    const { open, answer } = slowReceiver()
    const { clock, born } = deliveryBed({ answer })
    const { prompt } = await born()
    const patient = prompt(alertsNotification('webhook', { groupKey: 'patient' }))
    for (let i = 0; i < 5; i++) {
      const other = prompt(alertsNotification('webhook', { groupKey: `${i}` }))
      await clock.advance(300)
      open[i + 1]?.(ok)
      expect(await other).toBe(true)
    }
    open[0]?.(ok)
    expect(await patient).toBe(true)
  })

  it('leaves a slow receiver to the queue, and tries again once that is empty', async () => {
    const { open, answer } = slowReceiver()
    const { clock, born } = deliveryBed({ answer })
    const { prompt, deliver } = await born()
    const tell = async (event = alertsNotification('webhook')) => {
      const told = prompt(event)
      await clock.advance(200)
      for (const settle of open.splice(0)) settle(ok)
      return told
    }
    for (let i = 0; i < 64; i++) expect(await tell()).toBe(true)
    const event = alertsNotification('webhook')
    expect(await tell(event)).toBe(false)
    expect(await tell()).toBe(false)
    const done = deliver(event)
    await clock.advance(1)
    for (const settle of open.splice(0)) settle(ok)
    await done
    expect(await tell()).toBe(true)
  })

  it('never passes what its group has in the queue', async () => {
    const { clock, arrived, born } = deliveryBed({ answer: (ms) => (ms < 1000 ? later : ok) })
    const { prompt, deliver } = await born()
    const firing = alertsNotification('webhook', { groupKey: 'a' })
    expect(await prompt(firing)).toBe(false)
    const delivered = deliver(firing)
    const resolved = alertsNotification('webhook', { groupKey: 'a', status: 'resolved' })
    expect(await prompt(resolved)).toBe(false)
    const both = Promise.all([delivered, deliver(resolved)])
    await clock.advance(10_000)
    await both
    expect(arrived.map(({ id }) => id)).toEqual([firing.id, resolved.id])
  })

  it('is not sent again when the log has it', async () => {
    const { arrived, born } = deliveryBed({ answer: () => ok })
    const event = alertsNotification('webhook')
    const sent = createRecentIds()
    sent.add(event.id)
    const { prompt } = await born(sent)
    expect(await prompt(event)).toBe(true)
    expect(arrived).toEqual([])
  })

  it('is left to the queue of a channel that keeps a pace', async () => {
    const { attempts, born } = deliveryBed({ answer: () => ok, spacingMs: 1000 })
    expect(await (await born()).prompt(alertsNotification('webhook'))).toBe(false)
    expect(attempts).toEqual([])
  })

  it('is left to the queue where a limit or a digest may hold it', async () => {
    const limited = deliveryBed({ answer: () => ok, rateLimit: { limit: 1, perMs: 60_000 } })
    expect(await (await limited.born()).prompt(alertsNotification('webhook'))).toBe(false)
    const event = alertsNotification('webhook')
    const held = createRecentIds()
    held.add(event.id)
    const { arrived, born } = deliveryBed({ answer: () => ok })
    expect(await (await born(createRecentIds(), held)).prompt(event)).toBe(false)
    expect([...limited.arrived, ...arrived]).toEqual([])
  })
})
