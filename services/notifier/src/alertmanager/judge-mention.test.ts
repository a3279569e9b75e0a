import { ZERO_TIME } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { T0, transition } from '../../test/samples/events.ts'
import type { Course } from './course.ts'
import { judgeMention } from './judge-mention.ts'

const course = (facts: Partial<Course> = {}): Course => ({
  v: 1,
  fingerprint: 'f',
  event: transition(),
  seq: 1,
  incarnation: 'a',
  takenMs: T0,
  way: 'undecided',
  told: 'nothing',
  astray: false,
  ...facts,
})
const endedEvent = transition({ state: 'resolved', timeMs: T0 + 60_000 })
const firing = { status: 'firing', endsAt: ZERO_TIME } as const
const resolved = { status: 'resolved', endsAt: new Date(T0 + 60_000).toISOString() } as const
const judge = (
  given: Course,
  alert: typeof firing | typeof resolved,
  { webhook = 'w', returnedMs }: { webhook?: string; returnedMs?: number } = {},
) => judgeMention(given, alert, webhook, { nowMs: T0 + 100_000, returnedMs }, { repeatWindowMs: 300_000 })

describe('an alert in a webhook', () => {
  it('is told, which settles its way', () => {
    expect(judge(course(), firing)).toMatchObject({
      action: 'tell',
      next: { way: 'alertmanager', told: 'firing', toldBy: 'w' },
    })
    const ended = course({ event: endedEvent, told: 'firing' })
    expect(judge(ended, resolved)).toMatchObject({
      action: 'tell',
      next: { way: 'alertmanager', told: 'resolved' },
    })
  })

  it('is not told again when it was told directly, and shows what Alertmanager remembers', () => {
    const direct = course({ way: 'direct', told: 'firing' })
    const began = judge(direct, firing)
    expect(began).toMatchObject({ action: 'withhold', reason: 'told_directly', next: { astray: true } })
    expect(judge(began.next, resolved)).toMatchObject({ action: 'withhold', next: { astray: false } })
  })

  it('is told again as a repeat, but not because an outage had Alertmanager forget', () => {
    const told = course({ way: 'alertmanager', told: 'firing', toldMs: T0, seenMs: T0, toldBy: 'before' })
    expect(judge(told, firing)).toEqual({ action: 'tell', next: told })
    expect(judge(told, firing, { returnedMs: T0 + 50_000 })).toMatchObject({
      action: 'withhold',
      reason: 'told_before',
      next: { seenMs: T0 + 100_000, toldMs: T0 },
    })
    // The outage was before it was told, or is long over.
    expect(judge(told, firing, { returnedMs: T0 - 1 }).action).toBe('tell')
    expect(judge({ ...told, toldMs: 0 }, firing, { returnedMs: T0 - 300_000 }).action).toBe('tell')
  })

  it('is told once more by the same webhook, whose notification may not have been stored', () => {
    const told = course({ way: 'alertmanager', told: 'firing', toldMs: T0, seenMs: T0, toldBy: 'w' })
    expect(judge(told, firing, { returnedMs: T0 + 50_000 }).action).toBe('tell')
  })

  it('does not end because Alertmanager has not heard of it for long', () => {
    const told = course({ way: 'alertmanager', told: 'firing' })
    expect(judge(told, resolved)).toMatchObject({ action: 'withhold', reason: 'still_firing' })
    // Nor does it begin once more when Alertmanager has heard of it again.
    const back = judge(judge(told, resolved).next, firing)
    expect(back).toEqual({ action: 'withhold', reason: 'told_before', next: told })
    expect(judge(back.next, firing).action).toBe('tell')
  })

  it('ends an earlier time that it fired, and begins anew after that', () => {
    const again = course({ event: transition({ timeMs: T0 + 90_000 }), told: 'firing' })
    expect(judge(again, resolved)).toMatchObject({
      action: 'tell',
      next: { way: 'undecided', told: 'resolved' },
    })
  })

  it('says nothing of who tells the end that has come since', () => {
    const late = judge(course({ event: endedEvent }), firing)
    expect(late).toMatchObject({ action: 'tell', next: { way: 'undecided', told: 'firing' } })
  })
})
