import { describe, expect, it } from 'vitest'
import { compileReplacement } from './replacement.ts'

function replace(pattern: string, template: string, value: string): string | undefined {
  const steps = compileReplacement(pattern, template)(value)
  for (;;) {
    const { done, value: result } = steps.next()
    if (done) return result
  }
}

describe('a replacement', () => {
  it.each([
    ['(.*):(.*)', '$2-$1', 'host:80', '80-host'],
    ['(?P<host>.*):(?P<port>.*)', '$host/$port/$host_', 'a:80', 'a/80/'],
    ['(a)|(b)', '[$1|$2|$3|$0]', 'b', '[|b||b]'],
    ['(a*)(a*)', `$\{1},$2`, 'aaa', 'aaa,'],
    ['(a*?)(a*)', '$1,$2', 'aaa', ',aaa'],
    ['(?:(😀)|.)*', '$1', 'a😀b', '😀'],
    ['node-(1|2)', '$$$1$', 'node-2', '$2$'],
    ['a(.*)', '$1', 'ba', undefined],
    ['', 'x', '', 'x'],
  ])('of %s by %s in %s', (pattern, template, value, wanted) => {
    expect(replace(pattern, template, value)).toBe(wanted)
  })

  it('says what to do where groups would be too much work', () => {
    const value = 'ab'.repeat(2048)
    expect(() => replace('(.*)[ab]{900}', '$1', value)).toThrow(
      /use a shorter expression, or a replacement without/,
    )
    expect(replace('(.*)[ab]{900}', '$0', value)).toBe(value)
    expect(replace('(.*)[ab]{90}', '$1', value)).toBe(value.slice(90))
  })
})
