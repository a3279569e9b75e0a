import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ByteKey, ByteTable } from './byte-table.ts'

function keyOf(bytes: Uint8Array): ByteKey {
  // Somewhere within other bytes, as keys are.
  const all = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')])
  return {
    bytes: all,
    view: new DataView(all.buffer, all.byteOffset, all.byteLength),
    from: 6,
    to: 6 + bytes.length,
  }
}

it('finds what was kept under the same bytes and owner, and nothing else', () => {
  const entry = fc.tuple(fc.nat(2), fc.uint8Array({ maxLength: 12, max: 3 }))
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3000 }), (entries) => {
      const table = new ByteTable<number>(10_000_000)
      const expected = new Map<string, number>()
      for (const [i, [owner, bytes]] of entries.entries()) {
        const name = `${owner}:${Buffer.from(bytes).toString('hex')}`
        const key = keyOf(bytes)
        expect(table.get(owner, key)).toBe(expected.get(name))
        if (expected.has(name)) continue
        expected.set(name, i)
        table.set(owner, key, i, 0)
      }
      for (const [name, value] of expected) {
        const [owner, hex = ''] = name.split(':')
        expect(table.get(Number(owner), keyOf(Buffer.from(hex, 'hex')))).toBe(value)
      }
    }),
    { numRuns: 20 },
  )
})

it('stays within its bound, and keeps what is asked for', () => {
  const table = new ByteTable<number>(1_000_000)
  const favourite = keyOf(Buffer.from('favourite'))
  table.set(0, favourite, -1, 0)
  for (let i = 0; i < 100_000; i++) {
    table.set(0, keyOf(Buffer.from(`key ${i}`)), i, 100)
    expect(table.get(0, favourite)).toBe(-1)
  }
  expect(table.size).toBeLessThan(1_000_000 / 200 + 2)
  expect(table.get(0, keyOf(Buffer.from('key 1')))).toBeUndefined()
  expect(table.get(0, keyOf(Buffer.from('key 99999')))).toBe(99_999)
})
