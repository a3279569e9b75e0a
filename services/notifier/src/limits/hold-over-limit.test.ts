import { describe, expect, it } from 'vitest'
import { deliveryBed } from '../../test/delivery-bed.ts'
import { messageNotification } from '../../test/samples/events.ts'
import { createRecentIds } from '../delivery/recent-ids.ts'

const HOUR = 3_600_000
const rateLimit = { limit: 2, perMs: HOUR }
const start = async () => {
  const answer = () => ({ result: 'delivered', reason: 'ok' }) as const
  const { clock, arrived, queued, logged, born } = deliveryBed({ answer, rateLimit })
  const { deliver } = await born()
  return { clock, arrived, queued, logged, deliver }
}
const message = (n: number, facts: Parameters<typeof messageNotification>[1] = {}) =>
  messageNotification('webhook', { id: `m${n}-webhook`, groupKey: `g${n}`, ...facts })

describe('a channel with a rate limit', () => {
  it('puts what is over it into the next digest of that channel, and says so', async () => {
    const { deliver, arrived, queued, logged } = await start()
    for (const n of [1, 2, 3, 4]) await deliver(message(n))
    expect(arrived.map(({ id }) => id)).toEqual(['m1-webhook', 'm2-webhook'])
    expect([...queued.values()]).toMatchObject([
      { id: 'm3-webhook-digest', channel: 'digest', heldFor: 'webhook' },
      { id: 'm4-webhook-digest', channel: 'digest', heldFor: 'webhook' },
    ])
    expect(logged.slice(2)).toMatchObject([
      { outcome: 'suppressed', reason: 'rate_limited', channel: 'webhook', attempt: 0 },
      { outcome: 'suppressed', reason: 'rate_limited', channel: 'webhook', attempt: 0 },
    ])
  })

  it('tells what is critical at once, and counts it', async () => {
    const { deliver, arrived } = await start()
    for (const n of [1, 2, 3]) await deliver(message(n, { severity: 'critical' }))
    await deliver(message(4))
    expect(arrived).toHaveLength(3)
  })

  it('is not told beside its digest, though it comes again once there is room', async () => {
    const answer = () => ({ result: 'delivered', reason: 'ok' }) as const
    const { arrived, logged, born, clock } = deliveryBed({ answer, rateLimit })
    const first = await born()
    for (const n of [1, 2, 3]) await first.deliver(message(n))
    const held = createRecentIds()
    for (const { outcome, notification } of logged) if (outcome === 'suppressed') held.add(notification)
    await clock.advance(2 * HOUR)
    await (await born(createRecentIds(), held)).deliver(message(3))
    expect(arrived.map(({ id }) => id)).toEqual(['m1-webhook', 'm2-webhook'])
  })

  it('has the later ones of a group follow the first into the digest, though there is room again', async () => {
    const { deliver, arrived, clock, logged } = await start()
    for (const n of [1, 2]) await deliver(message(n))
    await deliver(message(3, { groupKey: 'held' }))
    await clock.advance(2 * HOUR)
    await deliver(message(4, { groupKey: 'held' }))
    await deliver(message(5))
    expect(arrived.map(({ id }) => id)).toEqual(['m1-webhook', 'm2-webhook', 'm5-webhook'])
    expect(logged.find(({ notification }) => notification === 'm4-webhook')?.reason).toBe(
      'follows_rate_limited',
    )
  })
})
