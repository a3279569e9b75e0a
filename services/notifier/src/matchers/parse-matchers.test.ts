import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMatchers } from './format-matcher.ts'
import { createMatcher, type MatcherFields, matchesAll } from './matcher.ts'
import { parseMatcher, parseMatchers } from './parse-matchers.ts'

const fields = (text: string) =>
  parseMatchers(text).map(({ name, value, isRegex, isEqual }) => ({ name, value, isRegex, isEqual }))
const equal = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true })

describe('parseMatchers', () => {
  it.each([
    ['{}', []],
    ['', []],
    ['a=b', [equal('a', 'b')]],
    ['{a="b",c=~"d"}', [equal('a', 'b'), { name: 'c', value: 'd', isRegex: true, isEqual: true }]],
    ['{ a = "b" , }', [equal('a', 'b')]],
    [
      'a!=b,c!~d',
      [
        { ...equal('a', 'b'), isEqual: false },
        { name: 'c', value: 'd', isRegex: true, isEqual: false },
      ],
    ],
    ['"label with space"="x"', [equal('label with space', 'x')]],
    ['Σyst.em="🙂"', [equal('Σyst.em', '🙂')]],
    [String.raw`a="q\"\n\\\t\x41é\101"`, [equal('a', 'q"\n\\\tAéA')]],
    ['a="x,y}"', [equal('a', 'x,y}')]],
  ])('reads %s in the present syntax', (text, expected) => {
    expect(fields(text)).toEqual(expected)
  })

  it.each([
    ['a=', [equal('a', '')]],
    ['a=x y', [equal('a', 'x y')]],
    [String.raw`a="\d"`, [equal('a', String.raw`\d`)]],
    ['a==b', [equal('a', '=b')]],
    ['{a=b', [equal('a', 'b')]],
    ["a='b'", [equal('a', "'b'")]],
  ])('reads %s in the classic syntax, which the present one refuses', (text, expected) => {
    expect(fields(text)).toEqual(expected)
  })

  it.each([
    ['a', /expected =, !=, =~ or !~, not the end/],
    ['{a="b"', undefined],
    ['"a=b', /the quotes have no end/],
    ['a="b', /the quotes have no end/],
    ['a="b" c="d"', /at 6: expected a comma, not "c"/],
    ['"a"=~"("', /missing closing \)/],
    ['""="x"', /needs the name of a label/],
    [',a=b', /expected the name of a label/],
    [String.raw`"a"="\xff"`, /not valid UTF-8/],
  ])('says what is wrong with %s', (text, fault) => {
    if (fault) expect(() => parseMatchers(text)).toThrow(fault)
    else expect(fields(text)).toEqual([equal('a', 'b')])
  })

  it('reads what it writes, whatever names and values hold', () => {
    const matcher = fc.record({
      name: fc.string({ unit: 'grapheme', minLength: 1 }),
      value: fc.string({ unit: 'grapheme' }),
      isRegex: fc.constant(false),
      isEqual: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(matcher), (matchers: MatcherFields[]) => {
        const text = formatMatchers(matchers)
        expect(formatMatchers(fields(text))).toBe(text)
        expect(new Set(fields(text).map((m) => JSON.stringify(m)))).toEqual(
          new Set(matchers.map((m) => JSON.stringify(m))),
        )
      }),
    )
  })
})

describe('parseMatcher', () => {
  it('reads one matcher only, without braces', () => {
    expect(parseMatcher('severity=~"high|critical"').values).toEqual(['high', 'critical'])
    for (const text of ['{a="b"}', 'a=b,c=d', '']) expect(() => parseMatcher(text)).toThrow()
  })
})

describe('a matcher', () => {
  const match = (text: string, labels: Record<string, string>) => matchesAll(parseMatchers(text), labels)

  it.each([
    ['a=b', { a: 'b' }, true],
    ['a="b"', { a: 'bc' }, false],
    ['a=~"b"', { a: 'bc' }, false],
    ['a=~"b.*"', { a: 'bc' }, true],
    ['a=~"b.c"', { a: 'b\nc' }, false],
    ['a!=""', {}, false],
    ['a=""', {}, true],
    ['a!~"b|c"', {}, true],
    ['a=~"|x"', {}, true],
    ['constructor=""', {}, true],
    ['a=b,c!=d', { a: 'b', c: 'd' }, false],
  ])('%s of %j is %s', (text, labels, expected) => {
    expect(match(text, labels)).toBe(expected)
  })

  it('lists the values that it needs, never where an absent label will do', () => {
    expect(createMatcher(equal('a', 'b')).values).toEqual(['b'])
    expect(createMatcher(equal('a', '')).values).toBeUndefined()
    expect(createMatcher({ ...equal('a', 'b'), isEqual: false }).values).toBeUndefined()
    expect(parseMatcher('a=~"x|"').values).toBeUndefined()
  })
})
