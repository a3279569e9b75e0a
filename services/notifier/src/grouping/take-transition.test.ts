import type { AlertEvent } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { transition } from '../../test/samples/events.ts'
import type { AlertRecord } from './records.ts'
import { takeTransition } from './take-transition.ts'

function take(event: AlertEvent, seq: number, previous?: AlertRecord) {
  return takeTransition({ event, seq, acceptedMs: 1000 }, previous)
}

function recordOf(decision: ReturnType<typeof take>): AlertRecord {
  if (decision.action === 'ignore') throw new Error('nothing was recorded')
  return decision.record
}

describe('takeTransition', () => {
  const firing = take(transition({ state: 'firing', id: 'a' }), 5)

  it('takes what is new', () => {
    expect(firing).toMatchObject({ action: 'take', record: { seq: 5, id: 'a', status: 'firing' } })
  })

  it('ignores a transition that JetStream delivers again', () => {
    expect(take(transition({ state: 'firing', id: 'a' }), 5, recordOf(firing))).toEqual({
      action: 'ignore',
      reason: 'redelivered',
    })
  })

  it('ignores one that comes back after a later one was taken in', () => {
    const resolved = recordOf(take(transition({ state: 'resolved', id: 'b' }), 6, recordOf(firing)))
    expect(take(transition({ state: 'firing', id: 'a' }), 5, resolved)).toMatchObject({ action: 'ignore' })
  })

  it('ignores the same event published again beyond the duplicate window', () => {
    expect(take(transition({ state: 'firing', id: 'a' }), 99, recordOf(firing))).toEqual({
      action: 'ignore',
      reason: 'repeat',
    })
  })
})
