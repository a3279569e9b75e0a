import { describe, expect, it } from 'vitest'
import { decideSilence, endSilence } from './decide-silence.ts'
import { type SilenceRecord, stateOf, toSilence } from './silence.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()
const matchers = [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }]
const wanted = { matchers, startsAt: at(-10), endsAt: at(60), createdBy: 'ann', comment: 'deploy' }
const stored = (change: Partial<SilenceRecord> = {}) =>
  toSilence({ ...wanted, id: 'old', updatedAt: at(-10), ...change })
const decide = (change: object, previous?: ReturnType<typeof stored>) =>
  decideSilence({ ...wanted, ...change }, previous, NOW, 'new')

describe('decideSilence', () => {
  it('makes a silence that begins now at the earliest', () => {
    expect(decide({})).toEqual({
      action: 'create',
      silence: { ...wanted, id: 'new', startsAt: at(0), updatedAt: at(0) },
      ended: undefined,
    })
    expect(decide({ startsAt: at(5) }).silence.startsAt).toBe(at(5))
  })

  it('moves the end of an active one in place, and its words', () => {
    const decision = decide({ endsAt: at(90), comment: 'longer' }, stored())
    expect(decision).toMatchObject({ action: 'update', ended: undefined })
    expect(decision.silence).toMatchObject({
      id: 'old',
      startsAt: at(-10),
      endsAt: at(90),
      comment: 'longer',
    })
  })

  it.each([
    ['other matchers', { matchers: [{ ...matchers[0], value: 'Other' }] }],
    ['another start', { startsAt: at(-9) }],
  ])('ends an active one that is given %s, and makes another', (_, change) => {
    const decision = decide(change, stored())
    expect(decision).toMatchObject({ action: 'replace', silence: { id: 'new', startsAt: at(0) } })
    expect(decision.ended).toMatchObject({ id: 'old', startsAt: at(-10), endsAt: at(0), updatedAt: at(0) })
  })

  it('moves a pending one as a whole, unless it would have begun', () => {
    const pending = stored({ startsAt: at(30) })
    expect(decide({ startsAt: at(20) }, pending)).toMatchObject({ action: 'update', silence: { id: 'old' } })
    expect(decide({ startsAt: at(-1) }, pending)).toMatchObject({
      action: 'replace',
      ended: { startsAt: at(0), endsAt: at(0) },
    })
  })

  it('makes another of one that is over', () => {
    expect(decide({}, stored({ endsAt: at(-1) }))).toMatchObject({
      action: 'create',
      silence: { id: 'new' },
      ended: undefined,
    })
  })

  it.each([
    ['an end before the start', { startsAt: at(5), endsAt: at(4) }, /start time must be before end time/],
    ['an end that has been', { endsAt: at(-1) }, /end time can't be in the past/],
    ['matchers that what lacks the label satisfies', { matchers: [{ ...matchers[0], value: '' }] }, /empty/],
    [
      'an expression that matches nothing at all',
      { matchers: [{ name: 'a', value: '.*', isRegex: true, isEqual: true }] },
      /empty/,
    ],
    ['a bad expression', { matchers: [{ ...matchers[0], value: '(', isRegex: true }] }, /missing closing/],
    ['a label without a name', { matchers: [{ ...matchers[0], name: '' }] }, /needs the name/],
  ])('refuses %s', (_, change, fault) => {
    expect(() => decide(change)).toThrow(fault)
  })

  it('takes a negative matcher alone, as Alertmanager does', () => {
    expect(decide({ matchers: [{ ...matchers[0], isEqual: false }] }).action).toBe('create')
  })
})

describe('endSilence', () => {
  it('has it over at once', () => {
    for (const silence of [stored(), stored({ startsAt: at(5) })]) {
      const ended = endSilence(silence, NOW)
      expect(ended && stateOf(toSilence(ended), NOW)).toBe('expired')
    }
    expect(endSilence(stored({ endsAt: at(0) }), NOW)).toBeUndefined()
  })
})
