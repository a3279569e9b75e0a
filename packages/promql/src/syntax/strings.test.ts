import { describe, expect, it } from 'vitest'
import { isValidLabelName, quote, unquote } from './strings.ts'

describe('unquote', () => {
  it.each([
    ['"a\\tb\\n\\\\"', 'a\tb\n\\'],
    ["'it\\'s \"so\"'", 'it\'s "so"'],
    ['`raw \\n`', 'raw \\n'],
    ['"\\u00e9\\U0001f514\\x41\\101"', 'é🔔AA'],
    ['"\\xc3\\xa9"', 'é'],
  ])('reads %s', (text, value) => {
    expect(unquote(text)).toBe(value)
  })

  it.each(['"\\q"', '"\\x4"', '"\\ud800"', '"a"b"', '"open', '"\\\'"'])('refuses %s', (text) => {
    expect(unquote(text)).toBeUndefined()
  })

  it('keeps a byte that is no UTF-8, and quote gives it back', () => {
    const value = unquote('"a\\xc5z"')
    expect(value !== undefined && isValidLabelName(value)).toBe(false)
    expect(quote(value ?? '')).toBe('"a\\xc5z"')
  })
})
