import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatFloat } from './format-float.ts'

// Each as Go 1.19 prints it: strconv.FormatFloat(value, verb, precision, 64).
test.each([
  [0, 'g', undefined, '0'],
  [-0, 'g', undefined, '-0'],
  [100, 'g', undefined, '100'],
  [123456, 'g', undefined, '123456'],
  [1234567, 'g', undefined, '1.234567e+06'],
  [0.0001, 'g', undefined, '0.0001'],
  [0.00001, 'g', undefined, '1e-05'],
  [1e-7, 'f', undefined, '0.0000001'],
  [1e21, 'f', undefined, '1000000000000000000000'],
  [150, 'e', undefined, '1.5e+02'],
  [0, 'e', undefined, '0e+00'],
  [1.005, 'f', 2, '1.00'],
  [0.5, 'f', 0, '0'],
  [1.5, 'f', 0, '2'],
  [2.5, 'f', 0, '2'],
  [0.125, 'f', 2, '0.12'],
  [0.375, 'f', 2, '0.38'],
  [999.95, 'f', 1, '1000.0'],
  [0.04, 'f', 1, '0.0'],
  [0.06, 'f', 1, '0.1'],
  [9.99, 'e', 1, '1.0e+01'],
  [12345.678, 'e', 6, '1.234568e+04'],
  [1.2345, 'g', 4, '1.234'],
  [12.345, 'g', 4, '12.35'],
  [1e6, 'g', 4, '1e+06'],
  [1000, 'g', 4, '1000'],
  [99999, 'g', 4, '1e+05'],
  [0.00012345, 'g', 3, '0.000123'],
  [0.000012345, 'g', 3, '1.23e-05'],
  [Number.POSITIVE_INFINITY, 'g', 4, '+Inf'],
  [Number.NEGATIVE_INFINITY, 'f', 2, '-Inf'],
  [Number.NaN, 'e', undefined, 'NaN'],
] as const)('%s %s %s is %s', (value, verb, precision, text) => {
  expect(formatFloat(value, verb, precision)).toBe(text)
})

test('the shortest form reads back as the same number', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom('e', 'f', 'g'),
      (value, verb) => {
        expect(Number(formatFloat(value, verb as 'e'))).toBe(value)
      },
    ),
  )
})
