import { expect, test } from 'vitest'
import { durationParameter, parseTime, timeParameter } from './parse-time.ts'

test.each([
  ['1435781430', 1435781430000],
  ['1435781430.781', 1435781430781],
  ['1435781430.7814', 1435781430781],
  ['-1.5', -1500],
  ['1.4e9', 1400000000000],
  ['2015-07-01T20:10:30Z', 1435781430000],
  ['2015-07-01T20:10:30.781Z', 1435781430781],
  ['2015-07-01T22:10:30+02:00', 1435781430000],
  ['-292273086-05-16T16:47:06Z', -8.64e15],
  ['292277025-08-18T07:12:54.999999999Z', 8.64e15],
])('%s is the time %d ms', (text, ms) => {
  expect(parseTime(text)).toBe(ms)
})

test.each(['', 'now', '2015-07-01', '2015-13-01T00:00:00Z', 'NaN', 'Inf', '0x10', '1e400', ' 1'])(
  '%j is no time',
  (text) => {
    expect(parseTime(text)).toBeUndefined()
  },
)

test('faults are told in the words of Prometheus', () => {
  const form = new URLSearchParams({ time: 'foo', start: 'bar', step: 'x', huge: '1e10' })
  expect(() => timeParameter(form, 'time', 0)).toThrow(
    `invalid parameter "time": Invalid time value for 'time': cannot parse "foo" to a valid timestamp`,
  )
  expect(() => timeParameter(form, 'start')).toThrow(
    'invalid parameter "start": cannot parse "bar" to a valid timestamp',
  )
  expect(() => timeParameter(form, 'end')).toThrow(
    'invalid parameter "end": cannot parse "" to a valid timestamp',
  )
  expect(() => durationParameter(form, 'step')).toThrow(
    'invalid parameter "step": cannot parse "x" to a valid duration',
  )
  expect(() => durationParameter(form, 'huge')).toThrow('It overflows int64')
})

test.each([
  ['15', 15_000],
  ['0.5', 500],
  ['1m30s', 90_000],
  ['250ms', 250],
  ['0', 0],
  ['-5', -5000],
])('the duration %s is %d ms', (text, ms) => {
  expect(durationParameter(new URLSearchParams({ step: text }), 'step')).toBe(ms)
})

test('a time that is not given falls back to what the caller chose', () => {
  expect(timeParameter(new URLSearchParams(), 'time', 42)).toBe(42)
})
