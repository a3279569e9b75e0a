import fc from 'fast-check'
import { snappyCompress } from 'hysnappy'
import { describe, expect, it, test } from 'vitest'
import { decompress } from './decompress.ts'

const LIMIT = 100_000
const code = (body: Uint8Array, limit = LIMIT): string => {
  try {
    decompress(body, limit)
    return 'none'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}

it('gives what was compressed', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.string({ maxLength: 50 }).map((text) => Buffer.from(text.repeat(40))),
  )
  fc.assert(
    fc.property(content, (bytes) => {
      expect(Buffer.compare(decompress(snappyCompress(bytes), LIMIT), bytes)).toBe(0)
    }),
  )
})

describe('refuses', () => {
  test.each<readonly [string, readonly number[], string]>([
    ['nothing', [], 'malformed'],
    ['a header without an end', [0x80, 0x80], 'malformed'],
    ['a header of six bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0], 'malformed'],
    ['a length of 4 GiB', [0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1], 'too_large'],
    ['a length over the limit', [0xa1, 0x8d, 0x06, 0, 1], 'too_large'],
    ['less than the header says', [5, 0, 1], 'malformed'],
    ['more than the header says', [1, 4, 1, 2], 'malformed'],
    ['a literal of a negative length', [100, 0xfc, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0], 'malformed'],
    ['a copy from before the beginning', [8, 0, 1, 0x0d, 9], 'malformed'],
    ['the framed format', [0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59], 'malformed'],
  ])('%s', (_name, bytes, expected) => {
    expect(code(Uint8Array.from(bytes))).toBe(expected)
  })

  test('whatever else is broken, without harm', () => {
    const body = snappyCompress(Buffer.from('remote write '.repeat(30)))
    const edits = fc.array(fc.tuple(fc.nat(body.length), fc.nat(255), fc.nat(4)), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(edits, (list) => {
        const broken = Buffer.from(body)
        let length = broken.length
        for (const [at, value, cut] of list) {
          broken[at] = value
          length = Math.max(0, length - cut)
        }
        expect(['none', 'malformed', 'too_large']).toContain(code(broken.subarray(0, length)))
      }),
    )
  })
})
