import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { classicBounds, type ExponentialHistogram, toClassicCounts } from './exponential-buckets.ts'

const none: ExponentialHistogram = {
  scale: 0,
  count: 0,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: [],
  negative: [],
}
const BOUNDS = [0.5, 1, 2, 4]

test.each<readonly [string, Partial<ExponentialHistogram>, readonly number[]]>([
  ['nothing', {}, [0, 0, 0, 0, 0]],
  ['one bucket each', { count: 6, positive: [{ offset: -1, counts: [1, 2, 3] }] }, [0, 1, 3, 6, 6]],
  ['a finer scale', { scale: 1, count: 4, positive: [{ offset: 0, counts: [1, 1, 1, 1] }] }, [0, 0, 2, 4, 4]],
  [
    'a coarser scale: 1 to 4, 4 to 16',
    { scale: -1, count: 3, positive: [{ offset: 0, counts: [2, 1] }] },
    [0, 0, 0, 2, 3],
  ],
  [
    'far below and far above',
    {
      count: 3,
      positive: [
        { offset: -900, counts: [1] },
        { offset: 900, counts: [2] },
      ],
    },
    [1, 1, 1, 1, 3],
  ],
  ['zero', { count: 2, zeroCount: 2, zeroThreshold: 2 ** -128 }, [2, 2, 2, 2, 2]],
  ['a wide zero', { count: 2, zeroCount: 2, zeroThreshold: 1.5 }, [0, 0, 2, 2, 2]],
  ['a zero wider than all bounds', { count: 2, zeroCount: 2, zeroThreshold: 9 }, [0, 0, 0, 0, 2]],
  ['negative observations', { count: 5, negative: [{ offset: 3, counts: [4, 1] }] }, [5, 5, 5, 5, 5]],
  ['observations that are NaN', { count: 3, positive: [{ offset: 0, counts: [1] }] }, [0, 0, 1, 1, 3]],
])('%s', (_name, part, counts) => {
  expect(toClassicCounts({ ...none, ...part }, BOUNDS)).toEqual(counts)
})

it('counts what was observed as a histogram with those bounds would have, at any scale of 0 and more', () => {
  const bounds = classicBounds('took_seconds')
  const observed = fc.array(fc.double({ min: 2 ** -24, max: 2 ** 14, noNaN: true }), { maxLength: 60 })
  fc.assert(
    fc.property(observed, fc.integer({ min: 0, max: 8 }), (values, scale) => {
      const run = new Map<number, number>()
      for (const value of values) {
        const index = bucketOf(value, scale)
        run.set(index, (run.get(index) ?? 0) + 1)
      }
      const positive = [...run].map(([offset, count]) => ({ offset, counts: [count] }))
      expect(toClassicCounts({ ...none, scale, count: values.length, positive }, bounds)).toEqual(
        [...bounds, Infinity].map((bound) => values.filter((value) => value <= bound).length),
      )
    }),
  )
})

/** The bucket of a value, its bounds compared one by one: a logarithm alone may err at a bound. */
function bucketOf(value: number, scale: number): number {
  const upper = (index: number) => 2 ** ((index + 1) / 2 ** scale)
  let index = Math.floor(Math.log2(value) * 2 ** scale)
  while (upper(index) < value) index++
  while (upper(index - 1) >= value) index--
  return index
}

it('gives bounds by the name alone, ascending and within what the contract allows', () => {
  for (const name of ['took_seconds', 'body_bytes', 'rows']) {
    const bounds = classicBounds(name)
    expect(bounds.length).toBeLessThanOrEqual(200)
    expect(bounds.every((bound, i) => i === 0 || bound === 2 * (bounds[i - 1] ?? 0))).toBe(true)
  }
  expect(classicBounds('took_seconds')[0]).toBe(2 ** -20)
  expect(classicBounds('body_bytes').at(-1)).toBe(2 ** 40)
})
