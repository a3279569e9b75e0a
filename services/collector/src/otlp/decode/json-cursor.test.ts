import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JsonCursor } from './json-cursor.ts'

function accepts(text: string): boolean {
  const cursor = new JsonCursor(Buffer.from(text))
  try {
    cursor.skip()
    cursor.finish()
    return true
  } catch {
    return false
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

it('passes over what JSON.parse takes, and over nothing else', () => {
  const almost = fc.string({ unit: fc.constantFrom(...'[]{}",:\\0123456789.eE+-truefalsn u\n\t') })
  const spoilt = fc
    .tuple(fc.json(), fc.nat(), almost)
    .map(
      ([json, at, more]) => json.slice(0, at % (json.length + 1)) + more + json.slice(at % (json.length + 1)),
    )
  fc.assert(
    fc.property(fc.oneof(fc.json(), almost, spoilt), (text) => {
      expect(accepts(text)).toBe(parses(text))
    }),
    { numRuns: 5000 },
  )
})

it('reads every text as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, ascii) => {
      const json = JSON.stringify(text)
      const escaped = ascii
        ? json.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
        : json
      expect(new JsonCursor(Buffer.from(escaped)).text()).toBe(JSON.parse(Buffer.from(escaped).toString()))
    }),
    { numRuns: 1000 },
  )
})
