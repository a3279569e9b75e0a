import { describe, expect, it } from 'vitest'
import { containsTime, type TimeInterval } from './time-interval.ts'

const always: TimeInterval = {
  times: undefined,
  weekdays: undefined,
  daysOfMonth: undefined,
  months: undefined,
  years: undefined,
  location: 'UTC',
}
const holds = (interval: Partial<TimeInterval>, time: string) =>
  containsTime({ ...always, ...interval }, Date.parse(time))

describe('a time interval', () => {
  it('with nothing stated always holds', () => {
    expect(holds({}, '2026-03-01T12:00:00Z')).toBe(true)
  })

  it.each([
    ['2026-03-01T08:59:59Z', false],
    ['2026-03-01T09:00:00Z', true],
    ['2026-03-01T16:59:59Z', true],
    ['2026-03-01T17:00:00Z', false],
  ])('of times ends before its end: %s', (time, expected) => {
    expect(holds({ times: [{ begin: 9 * 60, end: 17 * 60 }] }, time)).toBe(expected)
  })

  it('until 24:00 holds to the end of the day', () => {
    expect(holds({ times: [{ begin: 1380, end: 1440 }] }, '2026-03-01T23:59:59Z')).toBe(true)
    expect(holds({ times: [{ begin: 1380, end: 1440 }] }, '2026-03-02T00:00:00Z')).toBe(false)
  })

  it.each([
    [{ begin: -1, end: -1 }, '2026-02-28T12:00:00Z', true],
    [{ begin: -1, end: -1 }, '2028-02-28T12:00:00Z', false],
    [{ begin: -1, end: -1 }, '2028-02-29T12:00:00Z', true],
    [{ begin: 29, end: 31 }, '2026-02-28T12:00:00Z', false],
    [{ begin: 28, end: 31 }, '2026-02-28T12:00:00Z', true],
    [{ begin: 1, end: -2 }, '2026-04-29T12:00:00Z', true],
    [{ begin: 1, end: -2 }, '2026-04-30T12:00:00Z', false],
    [{ begin: -31, end: -30 }, '2026-02-01T12:00:00Z', false],
    [{ begin: -31, end: -28 }, '2026-02-01T12:00:00Z', true],
  ])('of days %j counts from the end below zero: %s', (range, time, expected) => {
    expect(holds({ daysOfMonth: [range] }, time)).toBe(expected)
  })

  it('counts the days of the week from Sunday', () => {
    expect(holds({ weekdays: [{ begin: 0, end: 0 }] }, '2026-03-01T00:00:00Z')).toBe(true)
    expect(holds({ weekdays: [{ begin: 1, end: 5 }] }, '2026-03-01T00:00:00Z')).toBe(false)
  })

  it('needs one range of each list', () => {
    const interval = {
      months: [
        { begin: 1, end: 2 },
        { begin: 12, end: 12 },
      ],
      years: [{ begin: 2026, end: 2027 }],
    }
    expect(holds(interval, '2026-12-31T00:00:00Z')).toBe(true)
    expect(holds(interval, '2025-12-31T00:00:00Z')).toBe(false)
    expect(holds(interval, '2026-03-01T00:00:00Z')).toBe(false)
  })

  it('is by the clock of its place, whatever the season', () => {
    const office = { times: [{ begin: 9 * 60, end: 17 * 60 }], location: 'Europe/Berlin' }
    expect(holds(office, '2026-01-15T08:00:00Z')).toBe(true)
    expect(holds(office, '2026-01-15T07:59:00Z')).toBe(false)
    expect(holds(office, '2026-07-15T07:00:00Z')).toBe(true)
    expect(holds(office, '2026-07-15T15:00:00Z')).toBe(false)
  })

  it('takes the day of its place', () => {
    const sunday = { weekdays: [{ begin: 0, end: 0 }], location: 'Australia/Sydney' }
    expect(holds(sunday, '2026-02-28T20:00:00Z')).toBe(true)
    expect(holds({ ...sunday, location: 'UTC' }, '2026-02-28T20:00:00Z')).toBe(false)
    expect(
      holds({ years: [{ begin: 2027, end: 2027 }], location: 'Asia/Kolkata' }, '2026-12-31T18:30:00Z'),
    ).toBe(true)
  })
})
