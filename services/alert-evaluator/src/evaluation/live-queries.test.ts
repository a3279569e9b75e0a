import type { Labels } from '@tocsin/promql'
import { parseRuleFile, type Sample } from '@tocsin/rules'
import { createHead } from '@tocsin/tsdb'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeRules } from '../rules/rule-set.ts'
import { createLiveQueries } from './live-queries.ts'

const START = Date.UTC(2026, 0, 1)
const EXPRESSIONS = [
  'sum by (n) (rate(a[1m])) > 0.1',
  'increase(a{n="1"}[2m] offset 40s)',
  'absent(b) or b < 5',
  'max_over_time(sum(a)[1m:10s])',
  'last_over_time({__name__=~"a|b"}[20m])',
]

const rulesOf = (expressions: readonly string[]) =>
  placeRules(
    parseRuleFile(
      'test.yml',
      JSON.stringify({
        groups: [{ name: 'g', rules: expressions.map((expr, i) => ({ record: `r${i}`, expr })) }],
      }),
    ),
    { intervalMs: 15_000 },
  )

const seriesOf = (name: string, n: string): Labels => ({ __name__: name, n })

test('a rule reads from kept samples what it would read from the head', () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b'),
    n: fc.constantFrom('1', '2'),
    advanceMs: fc.constantFrom(0, 100, 5000, 20_000, 70_000),
    lateMs: fc.constantFrom(0, 0, 0, 300, 9000),
    value: fc.integer({ min: 0, max: 20 }),
    stale: fc.boolean(),
    /** How far behind the newest sample rules are evaluated; undefined: not at all. */
    behindMs: fc.constantFrom(undefined, 0, 0, 1000, 45_000),
    rules: fc.constantFrom(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS.slice(1), EXPRESSIONS.slice(0, 3)),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const head = createHead()
      const live = createLiveQueries(head)
      const sets = new Map([...new Set(steps.map(({ rules }) => rules))].map((one) => [one, rulesOf(one)]))
      let atMs = START
      for (const { name, n, advanceMs, lateMs, value, stale, behindMs, rules } of steps) {
        const set = sets.get(rules)
        if (set) live.replaceRules(set)
        atMs += advanceMs
        const series = head.intern(seriesOf(name, n), 'test')
        if (!('ref' in series)) throw new Error(series.detail)
        if (stale) head.appendStale(series, atMs - lateMs)
        else head.append(series, atMs - lateMs, value)
        if (behindMs === undefined) continue
        for (const { rule } of set?.rules.values() ?? [])
          expect(sorted(rule.query.evaluate(live.queryable, atMs - behindMs))).toEqual(
            sorted(rule.query.evaluate(head, atMs - behindMs)),
          )
      }
    }),
    { numRuns: 100 },
  )
})

test('tells the rules that read a series, of those that are there now', () => {
  const head = createHead()
  const live = createLiveQueries(head)
  const readers = (name: string) =>
    [...live.readersOf(seriesOf(name, '1'))].map(({ rule }) => rule.name).toSorted()
  live.replaceRules(rulesOf(EXPRESSIONS))
  expect(readers('a')).toEqual(['r0', 'r1', 'r3', 'r4'])
  expect(readers('b')).toEqual(['r2', 'r4'])
  live.replaceRules(rulesOf(EXPRESSIONS.slice(0, 1)))
  expect(readers('a')).toEqual(['r0'])
  expect(readers('b')).toEqual([])
})

const sorted = (samples: readonly Sample[]) =>
  samples.map(({ labels, value }) => [JSON.stringify(Object.entries(labels).sort()), value]).sort()
