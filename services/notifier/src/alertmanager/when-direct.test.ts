import { expect, it } from 'vitest'
import { transition } from '../../test/samples/events.ts'
import type { Course } from './course.ts'
import { type Situation, whenDirect } from './when-direct.ts'

const patience = { fallbackAfterMs: 5000, webhookWithinMs: 60_000, repeatWindowMs: 300_000 }
const fresh: Course = {
  v: 1,
  fingerprint: 'f',
  event: transition(),
  seq: 1,
  incarnation: 'a',
  takenMs: 100_000,
  way: 'undecided',
  told: 'nothing',
  astray: false,
}
const ended = { ...fresh, event: transition({ state: 'resolved' }) }
const accepted = { way: 'alertmanager', acceptedMs: 100_100 } as const
const down = (downSinceMs: number) => ({ downSinceMs })

const cases: readonly [string, Partial<Course>, Partial<Situation>, number | undefined, string?][] = [
  ['waits to be taken', fresh, {}, 105_000, 'not_taken'],
  ['waits from when somebody is there', fresh, { beganMs: 200_000 }, 205_000, 'not_taken'],
  ['waits no longer than the outage', fresh, down(98_000), 103_000, 'not_taken'],
  ['waits for nothing in an outage', fresh, down(0), 100_000, 'not_taken'],
  ['waits as long as ever when the outage comes later', fresh, down(104_000), 105_000, 'not_taken'],
  ['is left to Alertmanager once taken', { ...fresh, ...accepted }, {}, undefined],
  ['dies with what took it', { ...fresh, ...accepted }, down(110_000), 115_000, 'lost'],
  ['is silenced if not told for long', { ...fresh, ...accepted }, down(900_000), undefined],
  [
    'is not silenced if none was ever told',
    { ...fresh, ...accepted },
    { ...down(900_000), webhook: 'awaited' },
    905_000,
    'lost',
  ],
  ['waits for the first webhook', { ...fresh, ...accepted }, { webhook: 'awaited' }, 160_100, 'no_webhook'],
  [
    'does not wait for one that did not come',
    { ...fresh, ...accepted },
    { webhook: 'overdue' },
    100_100,
    'no_webhook',
  ],
  ['has no news once told', { ...fresh, ...accepted, told: 'firing' }, down(0), undefined],
  ['has no news when nobody heard of its beginning', ended, down(0), undefined],
  ['waits for its end to be taken', { ...ended, told: 'firing' }, {}, 105_000, 'not_taken'],
  ['ends with what took its end', { ...ended, ...accepted, told: 'firing' }, down(110_000), 115_000, 'lost'],
  [
    'ends with the memory of its beginning',
    { ...ended, ...accepted, told: 'firing', seenMs: 1 },
    { returnedMs: 110_000 },
    110_000,
    'forgotten',
  ],
  [
    'ends at once when that is gone already',
    { ...ended, told: 'firing', seenMs: 1 },
    { returnedMs: 2 },
    100_000,
    'forgotten',
  ],
  [
    'is remembered once it was mentioned again',
    { ...ended, ...accepted, told: 'firing', seenMs: 3 },
    { returnedMs: 2 },
    undefined,
  ],
  ['is direct already', { ...fresh, way: 'direct' }, down(0), undefined],
]

it.each(cases)('a transition %s', (_, course, situation, atMs, reason) => {
  const now = {
    beganMs: 0,
    downSinceMs: undefined,
    returnedMs: undefined,
    webhook: 'seen',
    ...situation,
  } as const
  const due = whenDirect({ ...fresh, ...course }, now, patience)
  expect(due).toEqual(atMs === undefined ? undefined : { atMs, reason })
})

it('a transition waits for no webhook where none is wanted', () => {
  const now = { beganMs: 0, downSinceMs: undefined, returnedMs: undefined, webhook: 'awaited' } as const
  const course = { ...fresh, ...accepted }
  expect(whenDirect(course, now, { ...patience, webhookWithinMs: 0 })).toBeUndefined()
  expect(whenDirect(fresh, now, { ...patience, webhookWithinMs: 0 })?.reason).toBe('not_taken')
})
