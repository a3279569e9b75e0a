import { describe, expect, it } from 'vitest'
import { deliveryBed } from '../../test/delivery-bed.ts'
import { alertsNotification } from '../../test/samples/events.ts'
import type { SendOutcome } from './channel.ts'
import { createRecentIds } from './recent-ids.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ok = { result: 'delivered', reason: 'ok' } as const
const later = { result: 'retry', reason: 'http_500' } as const
const never = { result: 'refused', reason: 'http_404', detail: 'gone' } as const
const fallback = { receiver: 'managers', channels: ['email', 'pager'], afterMs: undefined }
const firing = alertsNotification('webhook', { id: 'n1-webhook', receiver: 'team', groupKey: 'g' })
const resolved = alertsNotification('webhook', {
  id: 'n2-webhook',
  receiver: 'team',
  groupKey: 'g',
  status: 'resolved',
})

describe('a notification that is given up', () => {
  it('goes to each way of the fallback receiver, marked with the reason and whom it was for', async () => {
    const bed = deliveryBed({ answer: () => never, fallback })
    const { deliver } = await bed.born()
    expect((await deliver(firing)) as unknown).toMatchObject({ reason: 'fell_back' })
    expect([...bed.queued.keys()]).toEqual(['n1-fallback-email', 'n1-fallback-pager'])
    expect(bed.queued.get('n1-fallback-email')).toMatchObject({
      receiver: 'managers',
      channel: 'email',
      groupKey: 'g',
      fallback: { receiver: 'team', channel: 'webhook', reason: 'http_404', notification: 'n1-webhook' },
    })
    expect(bed.logged).toMatchObject([{ outcome: 'failed', reason: 'http_404', fellBackTo: 'managers' }])
  })

  it('becomes a dead letter only where the fallback fails too, and never goes round', async () => {
    const bed = deliveryBed({ answer: () => never, fallback })
    const { deliver } = await bed.born()
    const mark = { receiver: 'team', channel: 'slack', reason: 'http_404', notification: 'n1-slack' }
    await expect(deliver({ ...firing, fallback: mark })).rejects.toMatchObject({ code: 'http_404' })
    expect(bed.queued.size).toBe(0)
    expect(bed.logged).toMatchObject([{ outcome: 'dead', fallback: mark }])
  })

  it('is told once, though the process dies after any step and it comes again', async () => {
    const bed = deliveryBed({ answer: () => never, fallback })
    for (let i = 0; i < 3; i++) await (await bed.born()).deliver(firing)
    expect(bed.queued.size).toBe(2)
  })

  it('is told with the same ids by every way of its receiver that fails', async () => {
    const bed = deliveryBed({ answer: () => never, fallback })
    const { deliver } = await bed.born()
    await deliver(firing)
    await deliver({ ...firing, id: 'n1-slack', channel: 'slack' })
    expect(bed.queued.size).toBe(2)
  })

  it('waits its whole time where nothing else is said', async () => {
    const bed = deliveryBed({ answer: () => later, fallback })
    const { deliver } = await bed.born()
    const done = deliver(firing)
    await bed.clock.advance(24 * HOUR - 1)
    expect(bed.queued.size).toBe(0)
    await bed.clock.advance(1)
    await done
    expect(bed.queued.get('n1-fallback-pager')?.fallback?.reason).toBe('gave_up_http_500')
  })
})

describe('a fallback that is told early', () => {
  const early = { ...fallback, afterMs: 10 * MINUTE }

  it('is told when the patience ends, while the first goes on being tried', async () => {
    const bed = deliveryBed({ answer: (ms) => (ms < HOUR ? later : ok), fallback: early })
    const { deliver } = await bed.born()
    const done = deliver(firing)
    await bed.clock.advance(10 * MINUTE - 1)
    expect(bed.queued.size).toBe(0)
    await bed.clock.advance(1)
    expect(bed.queued.size).toBe(2)
    await bed.clock.advance(2 * HOUR)
    expect((await done) as unknown).toMatchObject({ reason: 'ok' })
    expect(bed.arrived).toHaveLength(1)
    expect(bed.queued.size).toBe(2)
    expect(bed.logged.filter(({ fellBackTo }) => fellBackTo)).toMatchObject([
      { reason: 'not_delivered_yet', attempt: 0, fellBackTo: 'managers' },
    ])
  })

  it('is told of what stands behind others of its group too', async () => {
    const bed = deliveryBed({ answer: () => later, fallback: early })
    const { deliver } = await bed.born()
    void deliver(firing)
    await bed.clock.advance(MINUTE)
    void deliver(resolved)
    await bed.clock.advance(10 * MINUTE)
    expect([...bed.queued.values()].filter(({ channel }) => channel === 'pager').map(({ id }) => id)).toEqual(
      ['n1-fallback-pager', 'n2-fallback-pager'],
    )
  })

  it('is told nothing of what was delivered in time', async () => {
    const bed = deliveryBed({ answer: () => ok, fallback: early })
    const { deliver } = await bed.born()
    await deliver(firing)
    await bed.clock.advance(HOUR)
    expect(bed.queued.size).toBe(0)
    expect(bed.clock.pending).toBe(0)
  })

  it('is told once over a restart, and told nothing more when the first is given up', async () => {
    const bed = deliveryBed({ answer: () => later, fallback: early })
    const first = await bed.born()
    const left = expect(first.deliver(firing, 0)).rejects.toMatchObject({ code: 'stopping' })
    await bed.clock.advance(11 * MINUTE)
    first.die()
    await bed.clock.advance(5 * MINUTE)
    await left
    const done = (await bed.born()).deliver(firing, 0)
    await bed.clock.advance(24 * HOUR)
    expect((await done) as unknown).toMatchObject({ reason: 'fell_back' })
    expect(bed.queued.size).toBe(2)
    expect(bed.logged.at(-1)).toMatchObject({ reason: 'gave_up_http_500', fellBackTo: 'managers' })
  })
})

describe('who was told by the fallback that alerts fire', () => {
  it('hears that they ended, though the first is told again', async () => {
    let answer: SendOutcome = never
    const bed = deliveryBed({ answer: () => answer, fallback })
    await (await bed.born()).deliver(firing)
    answer = ok
    const sent = createRecentIds()
    await (await bed.born(sent)).deliver(resolved)
    // The same once more, after a crash between the log and the acknowledgement.
    await (await bed.born(sent)).deliver(resolved)
    expect(bed.arrived.map(({ id }) => id)).toEqual(['n2-webhook'])
    expect([...bed.queued.keys()].filter((id) => id.startsWith('n2'))).toEqual([
      'n2-fallback-email',
      'n2-fallback-pager',
    ])
    expect(bed.queued.get('n2-fallback-email')?.fallback?.reason).toBe('told_of_beginning')
  })

  it('does not hear of other groups', async () => {
    const bed = deliveryBed({ answer: (_ms, { groupKey }) => (groupKey === 'g' ? never : ok), fallback })
    const { deliver } = await bed.born()
    await deliver(firing)
    await deliver({ ...resolved, groupKey: 'other' })
    expect(bed.queued.size).toBe(2)
  })
})
