import { describe, expect, it } from 'vitest'
import { T0, transition } from '../../test/samples/events.ts'
import { type Course, takeTransition, turnDirect } from './course.ts'

let seq = 0
const take = (previous: Course | undefined, state: 'firing' | 'resolved', more: object = {}) =>
  takeTransition(previous, {
    event: { ...transition({ state }), ...more },
    seq: ++seq,
    incarnation: 'a',
    fingerprint: 'f',
    nowMs: T0,
  })
const taken = (previous: Course | undefined, state: 'firing' | 'resolved', more: object = {}): Course => {
  const course = take(previous, state, more)
  if (!course) throw new Error('it was known')
  return course
}
/** As Alertmanager's webhook leaves it. */
const toldBy = (course: Course, told: 'firing' | 'resolved'): Course => ({
  ...course,
  way: 'alertmanager',
  told,
  toldMs: T0,
})

describe('the way of a transition', () => {
  it('is open when an alert begins, and until one of them has taken its end', () => {
    const began = taken(undefined, 'firing')
    expect(began).toMatchObject({ way: 'undecided', told: 'nothing' })
    expect(taken(toldBy(began, 'firing'), 'resolved')).toMatchObject({ way: 'undecided', told: 'firing' })
  })

  it('is direct to the end once it was', () => {
    const began = turnDirect(taken(undefined, 'firing'), T0)
    expect(began).toMatchObject({ way: 'direct', told: 'firing', owed: 'nothing', astray: false })
    expect(taken(began, 'firing', { notice: 'flapping' })).toMatchObject({ way: 'direct', owed: 'nothing' })
    const ended = taken(began, 'resolved')
    expect(ended).toMatchObject({ way: 'direct', told: 'resolved', owed: 'nothing' })
    expect(taken(ended, 'firing')).toMatchObject({ way: 'undecided', told: 'nothing' })
  })

  it('says what people had heard from Alertmanager when it does not tell the end', () => {
    const ended = turnDirect(taken(toldBy(taken(undefined, 'firing'), 'firing'), 'resolved'), T0)
    expect(ended).toMatchObject({ way: 'direct', told: 'resolved', owed: 'firing', astray: true })
    // Alertmanager may believe that this is what it has told already.
    expect(taken(ended, 'firing')).toMatchObject({ way: 'direct', told: 'firing', owed: 'nothing' })
  })

  it('is direct where its beginning is not known: it was not told to Alertmanager', () => {
    expect(taken(undefined, 'resolved')).toMatchObject({ way: 'direct', owed: 'nothing', told: 'resolved' })
    expect(taken(undefined, 'firing', { notice: 'calm' })).toMatchObject({ way: 'direct', told: 'firing' })
  })

  it('is direct for the end of what Alertmanager took for over already', () => {
    const lapsed = { ...toldBy(taken(undefined, 'firing'), 'firing'), lapsed: true }
    expect(taken(lapsed, 'resolved')).toMatchObject({ way: 'direct', owed: 'firing', told: 'resolved' })
  })

  it('leaves it at what people believe when an alert is back before its end was told', () => {
    const ended = taken(toldBy(taken(undefined, 'firing'), 'firing'), 'resolved')
    expect(taken(ended, 'firing')).toMatchObject({ way: 'undecided', told: 'firing' })
  })

  it('is not begun twice, except in a stream that was made anew', () => {
    const began = taken(undefined, 'firing')
    const again = { ...began, fingerprint: 'f', nowMs: T0 }
    expect(takeTransition(began, again)).toBeUndefined()
    const older = { ...again, event: transition(), seq: began.seq - 1 }
    expect(takeTransition(began, older)).toBeUndefined()
    expect(takeTransition(began, { ...older, incarnation: 'b' })).toBeDefined()
  })
})
