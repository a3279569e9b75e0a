import { expect, test } from 'vitest'
import { createEvaluationTime } from './evaluation-time.ts'

const MINUTE = 60_000

test('it is now, or the newest sample when that is ahead of our clock by at most two seconds', () => {
  const time = createEvaluationTime()
  expect(time(1000)).toBe(1000)
  expect(time(2000, 1500)).toBe(2000)
  expect(time(3000, 3200.4)).toBe(3201)
  expect(time(4000, 6000)).toBe(6000)
})

test('one publisher whose clock is wrong does not move the time of all rules', () => {
  const time = createEvaluationTime()
  expect(time(4000, 6001)).toBe(4000)
  expect(time(5000, 5000 + MINUTE)).toBe(5000)
})

test('it does not go back with the samples, nor with a step of the clock', () => {
  const time = createEvaluationTime()
  expect(time(10_000, 12_000)).toBe(12_000)
  expect(time(11_000)).toBe(12_000)
  expect(time(9_000)).toBe(12_000)
})

test('it follows a clock that was set back by more than a minute', () => {
  const time = createEvaluationTime()
  expect(time(10 * MINUTE)).toBe(10 * MINUTE)
  expect(time(MINUTE)).toBe(MINUTE)
})
