import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sortInSteps } from './sort-in-steps.ts'

const byKey = (a: readonly [number, number], b: readonly [number, number]) => a[0] - b[0]

it('sorts as an array does, stable, in many steps where there is much', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 3000, size: 'max' }), (keys) => {
      const items = keys.map((key, i): [number, number] => [key, i])
      const steps = sortInSteps(items, byKey)
      let next = steps.next()
      while (!next.done) next = steps.next()
      expect(next.value).toEqual(items.toSorted(byKey))
    }),
    { numRuns: 30 },
  )
  const many = Array.from({ length: 50_000 }, (_, i): [number, number] => [(i * 7919) % 50_000, i])
  expect([...sortInSteps(many, byKey)].length).toBeGreaterThan(100)
})
