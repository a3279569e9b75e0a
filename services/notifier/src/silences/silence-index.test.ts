import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesAll } from '../matchers/matcher.ts'
import { toSilence } from './silence.ts'
import { createSilenceIndex } from './silence-index.ts'

const name = fc.constantFrom('a', 'b', 'c', 'constructor')
const value = fc.constantFrom('', 'x', 'y', 'z')
const matcher = fc.oneof(
  fc.record({ name, value, isRegex: fc.constant(false), isEqual: fc.boolean() }),
  fc.record({
    name,
    value: fc.constantFrom('x|y', '.+', '.*', 'z?', '[xy]'),
    isRegex: fc.constant(true),
    isEqual: fc.boolean(),
  }),
)
const silence = fc
  .record({
    id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
    matchers: fc.array(matcher, { minLength: 1, maxLength: 3 }),
  })
  .map(({ id, matchers }) =>
    toSilence({
      id,
      matchers,
      startsAt: '2026-03-01T12:00:00.000Z',
      endsAt: '2026-03-01T13:00:00.000Z',
      updatedAt: '2026-03-01T12:00:00.000Z',
      createdBy: 'ann',
      comment: '',
    }),
  )
const labels = fc.dictionary(name, value, { maxKeys: 4 })

describe('the index of silences', () => {
  it('finds what asking every silence finds, through changes and deletions', () => {
    const change = fc.record({ silence, isGone: fc.boolean() })
    fc.assert(
      fc.property(fc.array(change), fc.array(labels), (changes, sets) => {
        const index = createSilenceIndex()
        const all = new Map<string, ReturnType<typeof toSilence>>()
        for (const { silence: one, isGone } of changes) {
          const { id } = one.record
          if (isGone) index.delete(id)
          else index.put(one)
          if (isGone) all.delete(id)
          else all.set(id, one)
          for (const set of sets) {
            const expected = [...all.values()].filter(({ matchers }) => matchesAll(matchers, set))
            expect(new Set(index.matching(set))).toEqual(new Set(expected))
          }
        }
      }),
    )
  })

  it('asks few of many silences that each name one instance', () => {
    const index = createSilenceIndex()
    let asked = 0
    for (let n = 0; n < 1000; n++) {
      const [severity, instance] = [
        { name: 'severity', value: 'critical', isRegex: false, isEqual: true },
        { name: 'instance', value: `web-${n}`, isRegex: false, isEqual: true },
      ]
      const made = toSilence({
        id: String(n),
        matchers: [severity, instance],
        startsAt: '2026-03-01T12:00:00.000Z',
        endsAt: '2026-03-01T13:00:00.000Z',
        updatedAt: '2026-03-01T12:00:00.000Z',
        createdBy: 'ann',
        comment: '',
      })
      const counting = made.matchers.map((one) => ({
        ...one,
        matches: (set: Readonly<Record<string, string>>) => {
          asked++
          return one.matches(set)
        },
      }))
      index.put({ ...made, matchers: counting })
    }
    expect(index.matching({ severity: 'critical', instance: 'web-500' })).toHaveLength(1)
    expect(asked).toBeLessThan(10)
  })
})
