import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BitCursor } from './bit-cursor.ts'
import { maxPackedWords, packColumn, unpackColumn } from './pack-chunk.ts'

function roundTrip(column: Float64Array): { bits: BigUint64Array; words: number } {
  const cursor: BitCursor = { words: new Uint32Array(maxPackedWords(column.length)), bit: 0 }
  packColumn(cursor, column, 0, column.length)
  const words = Math.ceil(cursor.bit / 32)
  const out = new Float64Array(column.length)
  unpackColumn({ words: cursor.words, bit: 0 }, out, 0, column.length)
  return { bits: new BigUint64Array(out.buffer), words }
}

function expectSameBits(column: Float64Array): void {
  const { bits, words } = roundTrip(column)
  expect(bits).toEqual(new BigUint64Array(column.buffer))
  // Chunks hold two columns, and their room is reckoned for both.
  expect(words * 2).toBeLessThanOrEqual(maxPackedWords(column.length) + 1)
}

const bitPatterns = fc
  .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1, maxLength: 256, size: 'max' })
  .map((bits) => new Float64Array(BigUint64Array.from(bits).buffer))

const oddValues = fc.constantFrom(
  0,
  -0,
  1,
  Number.NaN,
  Infinity,
  -Infinity,
  5e-324,
  1e308,
  2 ** 53,
  0.1,
  0.1 + 0.2,
)

describe('packed columns', () => {
  test('give every bit pattern back, NaN payloads among them', () => {
    fc.assert(fc.property(bitPatterns, expectSameBits), { numRuns: 200 })
  })

  test('give doubles of all magnitudes back, infinities and -0 among them', () => {
    const doubles = fc.array(fc.oneof(fc.double(), oddValues), { minLength: 1, maxLength: 256, size: 'max' })
    fc.assert(
      fc.property(doubles, (values) => expectSameBits(Float64Array.from(values))),
      { numRuns: 200 },
    )
  })

  test('give decimals with few places back exactly', () => {
    const decimals = fc
      .tuple(
        fc.nat(9),
        fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 256, size: 'max' }),
      )
      .map(([places, integers]) => Float64Array.from(integers, (integer) => Number(`${integer}e-${places}`)))
    fc.assert(fc.property(decimals, expectSameBits), { numRuns: 200 })
  })

  test('give irregular timestamps back, however far apart', () => {
    const times = fc
      .uniqueArray(fc.integer({ min: -8.64e15, max: 8.64e15 }), { minLength: 1, maxLength: 256, size: 'max' })
      .map((list) => Float64Array.from(list.sort((a, b) => a - b)))
    fc.assert(fc.property(times, expectSameBits), { numRuns: 200 })
  })

  test('give random walks back: counters, levels in pages, jittered clocks', () => {
    const walks = fc
      .record({
        start: fc.integer({ min: 0, max: 1e13 }),
        unit: fc.constantFrom(1, 7, 1024, 4096, 2 ** 33),
        steps: fc.array(fc.integer({ min: -50, max: 5000 }), { maxLength: 255, size: 'max' }),
      })
      .map(({ start, unit, steps }) => {
        let level = start
        return Float64Array.from([0, ...steps], (step) => {
          level += step * unit
          return level
        })
      })
    fc.assert(fc.property(walks, expectSameBits), { numRuns: 200 })
  })

  test('keep a staleness marker apart from an ordinary NaN', () => {
    const column = new Float64Array(BigUint64Array.of(0x7ff0000000000002n, 0x7ff8000000000000n).buffer)
    expect(roundTrip(column).bits).toEqual(BigUint64Array.of(0x7ff0000000000002n, 0x7ff8000000000000n))
  })

  test('take a few words when nothing changes, or changes evenly', () => {
    expect(roundTrip(new Float64Array(256).fill(42)).words).toBeLessThanOrEqual(2)
    expect(
      roundTrip(Float64Array.from({ length: 256 }, (_, i) => 1.7e12 + i * 5000)).words,
    ).toBeLessThanOrEqual(3)
  })
})
