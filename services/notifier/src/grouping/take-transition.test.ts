import type { AlertEvent } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { transition } from '../../test/samples/events.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import { routesOf } from '../policy/routes-of.ts'
import { labelsOfAlert } from '../policy/routing-labels.ts'
import { groupOf } from './group-key.ts'
import type { AlertRecord, GroupRecord } from './records.ts'
import { takeTransition } from './take-transition.ts'

const policy = defaultPolicy({
  integrations: [{ channel: 'webhook', type: 'webhook', sendResolved: true, settings: {} }],
  groupWaitMs: 10_000,
  groupIntervalMs: 10_000,
  repeatIntervalMs: 3_600_000,
  digestIntervalMs: 900_000,
})

function placeOf(event: AlertEvent) {
  const labels = labelsOfAlert(event)
  const [route] = routesOf(policy, labels)
  if (!route) throw new Error('the root takes every alert')
  return { route, name: groupOf(route, labels) }
}

function take(event: AlertEvent, seq: number, previous?: AlertRecord, group?: GroupRecord) {
  return takeTransition({ event, seq, acceptedMs: 1000 }, previous, group, placeOf(event))
}

function recordOf(decision: ReturnType<typeof take>): AlertRecord {
  if (decision.action === 'ignore') throw new Error('nothing was recorded')
  return decision.record
}

const told = (record: AlertRecord): GroupRecord => ({
  key: record.groupKey,
  anchorMs: 0,
  flushedSeq: record.seq,
  lastSentMs: 0,
  repeats: 0,
})

describe('takeTransition', () => {
  const firing = take(transition({ state: 'firing', id: 'a' }), 5)

  it('groups an alert that is new', () => {
    expect(firing).toMatchObject({ action: 'group', reason: 'firing', record: { seq: 5, heard: 'nothing' } })
  })

  it('ignores a transition that JetStream delivers again', () => {
    expect(take(transition({ state: 'firing', id: 'a' }), 5, recordOf(firing))).toEqual({
      action: 'ignore',
      reason: 'redelivered',
    })
  })

  it('ignores one that comes back after a later one was taken in', () => {
    const resolved = recordOf(
      take(transition({ state: 'resolved', id: 'b' }), 6, recordOf(firing), told(recordOf(firing))),
    )
    expect(take(transition({ state: 'firing', id: 'a' }), 5, resolved)).toMatchObject({ action: 'ignore' })
  })

  it('ignores the same event published again beyond the duplicate window', () => {
    expect(take(transition({ state: 'firing', id: 'a' }), 99, recordOf(firing))).toEqual({
      action: 'ignore',
      reason: 'repeat',
    })
  })

  it('groups the resolve of an alert that has been told', () => {
    const decision = take(
      transition({ state: 'resolved', id: 'b' }),
      6,
      recordOf(firing),
      told(recordOf(firing)),
    )
    expect(decision).toMatchObject({ action: 'group', reason: 'resolved', record: { heard: 'firing' } })
  })

  it('keeps silent about an alert that ended before anyone heard of it', () => {
    const decision = take(transition({ state: 'resolved', id: 'b' }), 6, recordOf(firing))
    expect(decision).toMatchObject({ action: 'suppress', reason: 'never_notified' })
  })

  it('keeps silent about the end of an alert that nobody knows', () => {
    expect(take(transition({ state: 'resolved' }), 6)).toMatchObject({
      action: 'suppress',
      reason: 'never_notified',
    })
  })

  it('does not tell again that an alert fires', () => {
    const again = take(transition({ state: 'firing', id: 'c' }), 7, recordOf(firing), told(recordOf(firing)))
    expect(again).toMatchObject({ action: 'suppress', reason: 'already_firing' })
  })

  it('tells an alert that fires again after its group was over', () => {
    const ended = { ...recordOf(firing), status: 'resolved' as const, heard: 'firing' as const }
    expect(take(transition({ state: 'firing', id: 'c' }), 9, ended)).toMatchObject({
      action: 'group',
      record: { heard: 'resolved' },
    })
  })
})
