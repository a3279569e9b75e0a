import { describe, expect, test } from 'vitest'
import { readTimes } from './read-times.ts'

const NOW = Date.parse('2026-01-31T09:30:00Z')
const MINUTE = 60_000

describe('the flags of time', () => {
  test('none of them asks for the backend’s now', () => {
    expect(readTimes({}, NOW)).toEqual({ kind: 'instant', timeMs: undefined })
  })

  test.each([
    ['now', NOW],
    ['10m', NOW - 10 * MINUTE],
    ['1h30m', NOW - 90 * MINUTE],
    ['1769851800', NOW],
    ['1769851800.25', NOW + 250],
    ['2026-01-31T09:30:00Z', NOW],
    ['2026-01-31 10:30:00.5+01:00', NOW + 500],
    ['2026-01-31T09:30', new Date(2026, 0, 31, 9, 30).getTime()],
  ])('--time %s is one moment', (time, timeMs) => {
    expect(readTimes({ time }, NOW)).toEqual({ kind: 'instant', timeMs })
  })

  test.each([
    [{ range: '1h' }, NOW - 60 * MINUTE, NOW, 45_000],
    [{ range: '1h', to: '30m' }, NOW - 90 * MINUTE, NOW - 30 * MINUTE, 45_000],
    [{ from: '2h', to: '1h', step: '1m' }, NOW - 120 * MINUTE, NOW - 60 * MINUTE, MINUTE],
    [{ from: '1769851740', step: '0.5' }, NOW - MINUTE, NOW, 500],
    [{ range: '5s' }, NOW - 5000, NOW, 1000],
  ])('%o is a range', (flags, startMs, endMs, stepMs) => {
    expect(readTimes(flags, NOW)).toEqual({ kind: 'range', startMs, endMs, stepMs })
  })

  test.each([
    [{ time: 'yesterday' }, '--time yesterday is no time: give Unix seconds,'],
    [{ range: '1 hour' }, '--range 1 hour is no duration: give one such as 30s'],
    [{ range: '1h', step: '0' }, '--step 0 is no duration'],
    [{ step: '5s' }, '--step needs --range or --from'],
    [{ to: '1h' }, '--to needs --range or --from'],
    [{ time: '1h', range: '1h' }, 'say --to for its end'],
    [{ range: '1h', from: '2h' }, 'leave one out'],
    [{ from: '1h', to: '2h' }, 'the range ends before it begins'],
  ])('%o is refused with what to do', (flags, message) => {
    expect(() => readTimes(flags, NOW)).toThrow(
      expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining(message) }),
    )
  })
})
