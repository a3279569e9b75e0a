import { expect, test } from 'vitest'
import { formatNumber, formatTick, numberOf } from './format-number.ts'

test.each([
  ['0', '0'],
  ['0.30000000000000004', '0.3'],
  ['12345.678', '12345.7'],
  ['1795427187.5', '1795427188'],
  ['1e+21', '1e+21'],
  ['1.5e-07', '1.5e-7'],
  ['NaN', 'NaN'],
  ['+Inf', '+Inf'],
  ['-Inf', '-Inf'],
])('%s is shown as %s', (text, expected) => {
  expect(formatNumber(numberOf(text))).toBe(expected)
})

test.each([
  [81.3396, 81, '81.3'],
  [0.25, 1, '0.25'],
  [1_000_000.25, 0.5, '1000000.250'],
  [15_000, 30_000, '15000'],
  [3e-9, 6e-9, '3.00e-9'],
  [2e15, 4e15, '2.00e+15'],
  [0, 1e-320, '0'],
  [7, 0, '7'],
])('the tick %d of an axis over %d is %s', (value, span, expected) => {
  expect(formatTick(value, span)).toBe(expected)
})
