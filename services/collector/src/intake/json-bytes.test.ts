import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JsonBytes } from './json-bytes.ts'

const written = (write: (json: JsonBytes) => void): string => {
  const json = new JsonBytes()
  write(json)
  return Buffer.from(json.written()).toString()
}

it('writes numbers as JavaScript does, but for the sign of zero', () => {
  const numbers = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.integer({ min: -1000, max: 1_000_000_000 }),
  )
  fc.assert(
    fc.property(numbers, (n) => {
      expect(written((json) => json.number(n))).toBe(String(n))
    }),
  )
  for (const n of [0, -0, 9, 10, 999_999_999, 1e9, 1e9 + 1, 2 ** 53 - 1, -(2 ** 53 - 1), 1e21, 5e-324])
    expect(written((json) => json.number(n))).toBe(String(n))
})

it('writes whole numbers and texts behind one another, however many', () => {
  const parts = fc.array(fc.oneof(fc.maxSafeNat(), fc.string({ unit: 'grapheme', maxLength: 200 })), {
    maxLength: 200,
  })
  fc.assert(
    fc.property(parts, (list) => {
      const text = written((json) => {
        for (const part of list) {
          if (typeof part === 'number') json.whole(part)
          else json.text(JSON.stringify(part))
          json.byte(44)
        }
      })
      expect(text).toBe(list.map((part) => `${JSON.stringify(part)},`).join(''))
    }),
  )
})

it('begins anew', () => {
  const text = written((json) => {
    json.text('"ü"')
    json.clear()
    json.whole(7)
  })
  expect(text).toBe('7')
})
