import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFineTime } from './fine-time.ts'

test('is within the millisecond that the wall clock shows, and finds the fraction', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: 400, maxLength: 400 }),
      (fraction, steps) => {
        let now = 1000 + fraction
        const time = createFineTime(
          () => Math.floor(now),
          () => now - 900,
        )
        for (const step of steps) {
          now += step
          expect(Math.abs(time() - now)).toBeLessThanOrEqual(1.000001)
        }
        expect(Math.abs(time() - now)).toBeLessThan(0.25)
      },
    ),
    { numRuns: 50 },
  )
})

test('follows a wall clock that is set', () => {
  let wall = 5000
  const time = createFineTime(
    () => wall,
    () => 10.5,
  )
  time()
  wall = 90_000
  expect(time()).toBe(90_000)
  wall = 1000
  expect(time()).toBe(1001)
})
