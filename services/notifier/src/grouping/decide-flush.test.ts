import { describe, expect, it } from 'vitest'
import { T0, transition } from '../../test/samples/events.ts'
import { decideFlush, type FlushInput } from './decide-flush.ts'
import type { AlertRecord, Told } from './records.ts'
import { takeTransition } from './take-transition.ts'
import type { Way } from './told-classes.ts'

let seq = 0

function alert(instance: string, state: 'firing' | 'resolved' = 'firing'): AlertRecord {
  const taken = takeTransition(
    { event: transition({ state, labels: { instance } }), seq: ++seq, acceptedMs: T0 },
    undefined,
  )
  if (taken.action === 'ignore') throw new Error('it is new')
  return taken.record
}

const webhook: Way = { channel: 'webhook', sendResolved: true }
const slack: Way = { channel: 'slack', sendResolved: false }

/** A group that is looked at again and again, as the grouper does. */
function group(...ways: Way[]) {
  let told: readonly Told[] = []
  let now = T0
  return {
    ways,
    look(members: readonly AlertRecord[], facts: Partial<FlushInput> = {}) {
      now += 60_000
      const decision = decideFlush(
        {
          members,
          told,
          ways: this.ways,
          moved: new Set(),
          repeatMs: 3_600_000,
          isMuted: () => false,
          isAcknowledged: () => false,
          ...facts,
        },
        now,
      )
      told = decision.told
      return decision.tellings.map(
        ({ channels, reason, alerts }) =>
          `${channels.join('+')} ${reason}: ${alerts.map(({ alert: { labels }, status }) => `${labels['instance']} ${status}`).join(', ')}`,
      )
    },
    wait(ms: number) {
      now += ms
    },
  }
}

const quiet = (...instances: string[]) => ({
  isMuted: ({ alert: { labels } }: AlertRecord) => instances.includes(labels['instance'] ?? ''),
})

describe('a flush', () => {
  it('tells each channel what it has not been told', () => {
    const told = group(webhook, slack)
    expect(told.look([alert('a')])).toEqual(['webhook first: a firing', 'slack first: a firing'])
    expect(told.look([alert('a'), alert('b')])).toEqual([
      'webhook new_alerts: a firing, b firing',
      'slack new_alerts: a firing, b firing',
    ])
    expect(told.look([alert('a', 'resolved'), alert('b')])).toEqual([
      'webhook resolved: b firing, a resolved',
    ])
    expect(told.look([alert('b')])).toEqual([])
    expect(told.look([alert('b', 'resolved')])).toEqual(['webhook resolved: b resolved'])
    // For whom it was never told that it ended, it is over all the same.
    expect(told.look([alert('b')])).toEqual(['webhook new_alerts: b firing', 'slack new_alerts: b firing'])
  })

  it('leaves muted alerts out, and tells them once they are not', () => {
    const told = group(webhook)
    expect(told.look([alert('a'), alert('b')], quiet('b'))).toEqual(['webhook first: a firing'])
    expect(told.look([alert('a'), alert('b')], quiet('b'))).toEqual([])
    expect(told.look([alert('a'), alert('b')])).toEqual(['webhook new_alerts: a firing, b firing'])
  })

  it('tells nothing where all are muted, and not the end that passed in the meantime', () => {
    const told = group(webhook)
    const a = alert('a')
    expect(told.look([a])).toEqual(['webhook first: a firing'])
    expect(told.look([a], quiet('a'))).toEqual([])
    expect(told.look([alert('a', 'resolved')], quiet('a'))).toEqual([])
    // As far as the receivers know, it has been firing all along.
    expect(told.look([alert('a')])).toEqual([])
    told.wait(3_600_000)
    expect(told.look([alert('a')])).toEqual(['webhook repeat: a firing'])
  })

  it('tells the end of an alert that was left out for a while', () => {
    const told = group(webhook)
    told.look([alert('a')])
    expect(told.look([alert('a'), alert('b')], quiet('a'))).toEqual(['webhook new_alerts: b firing'])
    expect(told.look([alert('a', 'resolved'), alert('b')])).toEqual([
      'webhook resolved: b firing, a resolved',
    ])
  })

  it('tells no end of what nobody was told of', () => {
    const told = group(webhook)
    told.look([alert('a')])
    expect(told.look([alert('a'), alert('b', 'resolved')])).toEqual([])
  })

  it('repeats what fires after the interval, unless somebody takes care of all of it', () => {
    const told = group(webhook)
    told.look([alert('a'), alert('b')])
    told.wait(3_600_000)
    expect(told.look([alert('a'), alert('b')], { isAcknowledged: () => true })).toEqual([])
    const one = ({ alert: { labels } }: AlertRecord) => labels['instance'] === 'a'
    expect(told.look([alert('a'), alert('b')], { isAcknowledged: one })).toEqual([
      'webhook repeat: a firing, b firing',
    ])
    expect(told.look([alert('a'), alert('b')])).toEqual([])
  })

  it('tells a new channel everything, and one that is gone the ends of what it knows', () => {
    const told = group(webhook)
    const a = alert('a')
    told.look([a])
    told.ways = [slack]
    expect(told.look([a, alert('b')])).toEqual(['slack first: a firing, b firing'])
    expect(told.look([alert('a', 'resolved'), alert('b')])).toEqual(['webhook resolved: a resolved'])
    expect(told.look([alert('b', 'resolved')])).toEqual([])
  })

  it('tells of alerts that have moved elsewhere only that they ended', () => {
    const told = group(webhook)
    const [a, b] = [alert('a'), alert('b')]
    told.look([a])
    const moved = new Set([a.fingerprint])
    expect(told.look([a, b], { moved })).toEqual(['webhook new_alerts: b firing'])
    expect(told.look([alert('a', 'resolved'), b], { moved })).toEqual([
      'webhook resolved: b firing, a resolved',
    ])
  })
})
