import { expect, test } from 'vitest'
import { writeSampleTime, writeSampleValue } from './write-number.ts'

test.each([
  [0, '0'],
  [-0, '-0'],
  [1, '1'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1e-6, '0.000001'],
  [1.5e-7, '1.5e-07'],
  [-3e-12, '-3e-12'],
  [1e20, '100000000000000000000'],
  [1e21, '1e+21'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [5e-324, '5e-324'],
  [Number.NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('the value %d is written as %s', (value, expected) => {
  expect(writeSampleValue(value)).toBe(expected)
})

test.each([
  [1435781430000, '1435781430'],
  [1435781430781, '1435781430.781'],
  [1435781430500, '1435781430.500'],
  [7, '0.007'],
  [-7, '-0.007'],
  [-1500, '-1.500'],
])('the time %d ms is written as %s', (ms, expected) => {
  expect(writeSampleTime(ms)).toBe(expected)
})
