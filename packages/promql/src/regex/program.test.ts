import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { createAutomaton } from './automaton.ts'
import { compileAnchored } from './compile-regex.ts'
import { findGroups } from './find-groups.ts'
import { type Program, readProgram, WORK_PER_STEP } from './program.ts'

/** An expression with a text that it often matches. */
interface Sample {
  readonly source: string
  readonly text: string
}

const atoms: readonly (readonly [source: string, ...texts: string[]])[] = [
  ...['a', 'b', 'k', 'S', 'é', 'ß', '😀', '-'].map(
    (letter) => [letter, letter, letter.toUpperCase()] as const,
  ),
  ['\\n', '\n'],
  ['\\x{17F}', 'ſ', 's'],
  ['\\Qa.\\E', 'a.'],
  ['.', '\n', '😀', '\ud83d', 'é'],
  ['(?-s:.)', 'a', '\n'],
  ['[ab]', 'a', 'B'],
  ['[^a]', 'b', '\n', '\ude00'],
  ['[j-l😀]', 'k', '😀', '\u212a'],
  ['\\d', '0'],
  ['\\w', '_', 'k', 'é'],
  ['\\W', ' ', 'ſ'],
  ['\\pL', 'é', '0'],
  ['\\P{Lu}', 's', 'É'],
  ['[[:alpha:]]', 'K', '\u212a'],
  ...['', '^', '$', '\\A', '\\z', '\\b', '\\B'].map((nothing) => [nothing, '', '\n', 'b'] as const),
]

const atom: fc.Arbitrary<Sample> = fc
  .constantFrom(...atoms)
  .chain(([source, ...texts]) => fc.constantFrom(...texts).map((text) => ({ source, text })))

const { expression: samples } = fc.letrec<{ expression: Sample; piece: Sample }>((tie) => ({
  expression: fc
    .tuple(fc.constantFrom('', '', '', '(?i)', '(?m)', '(?U)'), fc.array(tie('piece'), { maxLength: 3 }))
    .map(([flags, pieces]) => ({
      source: flags + pieces.map(({ source }) => source).join(''),
      text: pieces.map(({ text }) => text).join(''),
    })),
  piece: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    atom,
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?m:', '(?U:'), tie('expression'), tie('expression'))
      .map(([open, one, other]) => ({ source: `${open}${one.source}|${other.source})`, text: other.text })),
    fc
      .tuple(
        fc.constantFrom('(', '(?:'),
        tie('expression'),
        fc.constantFrom('', '*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,3}?', '{2,}'),
        fc.nat(3),
      )
      .map(([open, inner, count, times]) => ({
        source: `${open}${inner.source})${count}`,
        text: inner.text.repeat(times),
      })),
  ),
}))

const SAMPLE = Array.from({ length: 4096 }, (_, i) => ((i * 7919) % 31) % 2)
  .map((bit) => 'ab'[bit])
  .join('')

const HOSTILE = ['(.?){1000}', '.*a[ab]{990}', '(.{1,30}){33}', '(.{1,30}){33}.*', '(?i)(\\pL?){1000}']

describe('a program', () => {
  it('answers as re2js does', () => {
    fc.assert(
      fc.property(samples, fc.string({ unit: 'binary', maxLength: 4 }), ({ source, text }, other) => {
        const wanted = RE2JS.compile(`^(?s:${source})$`)
        const automaton = createAutomaton(compileAnchored(source))
        for (const value of [text, other, text + other, text.slice(1), text + text, ''])
          expect(run(automaton.matches(value)).result).toBe(wanted.matches(value))
      }),
      { numRuns: 3000 },
    )
  }, 120_000)

  it('finds the groups that re2js finds', () => {
    fc.assert(
      fc.property(samples, ({ source, text }) => {
        const regex = RE2JS.compile(`^(?s:${source})$`)
        const matcher = regex.matcher(text)
        const { result } = run(findGroups(compileAnchored(source), text))
        expect(result !== undefined).toBe(matcher.matches())
        for (let group = 1; result && group <= regex.groupCount(); group++)
          expect([...result.subarray(2 * group, 2 * group + 2)]).toEqual([
            matcher.start(group),
            matcher.end(group),
          ])
      }),
      { numRuns: 3000 },
    )
  }, 120_000)

  it('answers as re2js does after it has forgotten what it kept', () => {
    // Its states tell which of the last eleven characters could have begun the end: some thousands.
    const source = '.*([a-m]|\\b-).{10}'
    const wanted = RE2JS.compile(`^(?s:${source})$`)
    const automaton = createAutomaton(compileAnchored(source))
    for (let i = 0; i < 500; i++) {
      const text = Array.from({ length: 40 }, (_, j) => 'akxz- é'[(i * j * j + ((i * j) >> 3)) % 7]).join('')
      expect(run(automaton.matches(text)).result).toBe(wanted.matches(text))
    }
  })

  it.each(HOSTILE)('gives others their turn while it asks %s about one value', (source) => {
    const { program, takeVisits } = countVisits(compileAnchored(source))
    const { result, most, steps } = run(createAutomaton(program).matches(SAMPLE), takeVisits)
    expect(result).toBe(RE2JS.compile(`^(?s:${source})$`).matches(SAMPLE))
    expect(steps).toBeGreaterThan(10)
    expect(most).toBeLessThan(WORK_PER_STEP + 2 * program.ops.length)
  })

  it.each(HOSTILE)('gives others their turn while it finds the groups of %s in one value', (source) => {
    const { program, takeVisits } = countVisits(compileAnchored(source))
    const { most } = run(findGroups(program, SAMPLE), takeVisits)
    expect(most).toBeLessThanOrEqual(WORK_PER_STEP)
  })

  it('serves several runs at the same time', () => {
    const automaton = createAutomaton(compileAnchored('(?:.{1,30}){33}[ab]*c?'))
    const runs = [SAMPLE, `${SAMPLE}d`, `${SAMPLE}c`].map((value) => automaton.matches(value))
    const results: (boolean | undefined)[] = []
    while (results.filter((result) => result !== undefined).length < runs.length)
      for (const [i, steps] of runs.entries()) {
        const { done, value } = steps.next()
        if (done) results[i] ??= value
      }
    expect(results).toEqual([true, false, true])
  })
})

describe('reading a program', () => {
  it('fails on an instruction that it does not know', () => {
    expect(() => readProgram(RE2JS.compile('(?<=a)b', RE2JS.LOOKBEHINDS))).toThrow(
      /unlike those of its version/,
    )
  })

  it.each([
    ['no instructions', { start: 1 }],
    ['a start beyond its end', { inst: RE2JS.compile('a').re2().prog.inst, start: 9 }],
    ['an instruction of another shape', { inst: [{ opcode: 5 }], start: 0 }],
  ])('fails on a program with %s', (_, prog) => {
    const regex = RE2JS.compile('a')
    regex.re2().prog = prog
    expect(() => readProgram(regex)).toThrow(/unlike those of its version/)
  })
})

/** Takes all steps; `most` is the most that `takeWork` told after one of them. */
function run<T>(work: Generator<void, T>, takeWork = () => 0): { result: T; steps: number; most: number } {
  takeWork()
  for (let steps = 1, most = 0; ; steps++) {
    const { done, value } = work.next()
    most = Math.max(most, takeWork())
    if (done) return { result: value, steps, most }
  }
}

/** The program, and how many of its instructions were looked at since this was last asked. */
function countVisits(program: Program): { program: Program; takeVisits: () => number } {
  let visits = 0
  const ops = new Proxy(program.ops, {
    get(target, key) {
      if (key !== 'length') visits++
      return Reflect.get(target, key)
    },
  })
  return {
    program: { ...program, ops },
    takeVisits() {
      const taken = visits
      visits = 0
      return taken
    },
  }
}
