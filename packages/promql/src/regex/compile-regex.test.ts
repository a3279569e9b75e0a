import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { compileRegex, InvalidRegexError } from './compile-regex.ts'

describe('compileRegex', () => {
  it('matches whole values only', () => {
    expect(compileRegex('api').matches('api')).toBe(true)
    expect(compileRegex('api').matches('api-server')).toBe(false)
    expect(compileRegex('a|b').matches('ab')).toBe(false)
    expect(compileRegex('b*').matches('abb')).toBe(false)
  })

  it('lets the dot match a newline', () => {
    expect(compileRegex('a.b').matches('a\nb')).toBe(true)
    expect(compileRegex('.+').matches('\n')).toBe(true)
  })

  it('lists the values of literals and alternations', () => {
    expect(compileRegex('api').set).toEqual(['api'])
    expect(compileRegex('a|b|a').set).toEqual(['a', 'b'])
    expect(compileRegex('node-(1|2)-eu').set).toEqual(['node-1-eu', 'node-2-eu'])
    expect(compileRegex('a.*').set).toBeUndefined()
  })

  it('knows the literal that every match starts with', () => {
    expect(compileRegex('http_.*').prefix).toBe('http_')
    expect(compileRegex('ab*c').prefix).toBe('a')
    expect(compileRegex('(?i)http.*').prefix).toBeUndefined()
    expect(compileRegex('a.|b.').prefix).toBeUndefined()
  })

  it('refuses what RE2 refuses, with its reason', () => {
    expect(() => compileRegex('a(')).toThrow(InvalidRegexError)
    expect(() => compileRegex('(?=a)')).toThrow(InvalidRegexError)
    expect(() => compileRegex('a**')).toThrow(/invalid nested repetition/)
  })

  it.each([
    'x{1000}'.repeat(500),
    '((x{10}){10}){11}',
    '([a-z]{1,30}){1,40}',
    '((((.?)))){1000}',
    '(x^^^^^){1000}',
  ])('refuses %.20s…, which would take long to compile', (source) => {
    expect(() => compileRegex(source)).toThrow(/expression too large/)
  })

  it('takes repetitions as people write them', () => {
    expect(compileRegex('[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}').matches('0'.repeat(36))).toBe(false)
    expect(compileRegex('.{1,255}').matches('a'.repeat(255))).toBe(true)
    expect(compileRegex('x{1000}').matches('x'.repeat(1000))).toBe(true)
  })

  it('runs in linear time where backtracking would never end', () => {
    expect(compileRegex('(a+)+b').matches('a'.repeat(5000))).toBe(false)
  })

  it('remembers what it answered in steps', () => {
    const { matches, matchInSteps } = compileRegex('(.{1,30}){33}')
    const value = 'ab'.repeat(2000)
    const steps = (): number => [...(matchInSteps?.(value) ?? [])].length
    expect(steps()).toBeGreaterThan(10)
    expect(steps()).toBe(0)
    expect(matches(value)).toBe(false)
    expect(compileRegex('a|b').matchInSteps).toBeUndefined()
  })

  it('answers as RE2 does, whatever way it takes', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'ab',
      '.',
      '.*',
      '.+',
      '|',
      '(a|b)',
      '(?:b|ab)',
      'a?',
      'b*',
      '-',
      'é',
      '',
    )
    const source = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
    const value = fc
      .array(fc.constantFrom('a', 'b', '-', 'é', '\n', 'x'), { maxLength: 6 })
      .map((all) => all.join(''))
    fc.assert(
      fc.property(source, value, (pattern, text) => {
        const wanted = RE2JS.compile(`^(?s:${pattern})$`).matches(text)
        const regex = compileRegex(pattern)
        expect(regex.matches(text)).toBe(wanted)
        if (regex.set) expect(regex.set.includes(text)).toBe(wanted)
        if (wanted && regex.prefix) expect(text.startsWith(regex.prefix)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
