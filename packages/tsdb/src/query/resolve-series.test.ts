import { createMatcher, type Labels, type MatchType, matchLabels } from '@tocsin/promql'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHead } from '../head.ts'

const labelSets = fc
  .record(
    {
      __name__: fc.constantFrom('a', 'b', 'ab'),
      x: fc.constantFrom('', '1', '2', '10'),
      y: fc.constantFrom('p', 'pq', ''),
    },
    { requiredKeys: ['__name__'] },
  )
  .map((labels): Labels => ({ ...labels }))

const matchers = fc.array(
  fc
    .tuple(
      fc.constantFrom('__name__', 'x', 'y', 'absent'),
      fc.constantFrom<MatchType>('=', '!=', '=~', '!~'),
      fc.constantFrom('', 'a', 'b', '1', '2', 'p', '1.*', 'a|b', '1|2|', '.+', '.*', 'p.?', '[^1]'),
    )
    .map(([name, type, value]) => createMatcher(name, type, value)),
  { minLength: 1, maxLength: 3 },
)

const withoutEmpty = (labels: Labels) =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''))

describe('resolving matchers', () => {
  test('finds what a scan over all label sets finds, also after series came and went', () => {
    const step = fc.record({ add: fc.array(labelSets, { maxLength: 8, size: 'max' }), drop: fc.boolean() })
    const property = fc.property(
      fc.array(matchers, { minLength: 1, maxLength: 5, size: 'max' }),
      fc.array(step, { maxLength: 5, size: 'max' }),
      (selectors, steps) => {
        const head = createHead({ retentionMs: 1_000 })
        let live: Labels[] = []
        let now = 0
        for (const { add, drop } of steps) {
          now += 600
          if (drop) now += 1_000
          for (const labels of add) {
            const series = head.intern(labels)
            if ('refused' in series) throw new Error(series.detail)
            head.append(series, now, 1)
          }
          head.maintain(now)
          live = head.series().map(({ labels }) => labels)
          for (const selector of selectors)
            expect(head.matchSeries(selector).map(({ labels }) => labels)).toEqual(
              live.filter((labels) => matchLabels(labels, selector)),
            )
          for (const labels of add) expect(live).toContainEqual(withoutEmpty(labels))
        }
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  test('asks a regular expression once for each value, and again only when series came', () => {
    const head = createHead()
    const calls: string[] = []
    const regex = createMatcher('path', '=~', '/a.*')
    const selector = [
      createMatcher('__name__', '=', 'm'),
      { ...regex, matches: (v: string) => calls.push(v) > 0 && regex.matches(v) },
    ]
    for (const [path, pod] of [
      ['/a', '1'],
      ['/a', '2'],
      ['/b', '1'],
    ] as const)
      head.intern({ __name__: 'm', path, pod })
    expect(head.matchSeries(selector)).toHaveLength(2)
    expect(head.matchSeries(selector)).toBe(head.matchSeries(selector))
    expect(calls).toEqual(['/a', '/b'])
    head.intern({ __name__: 'other', path: '/a' })
    head.matchSeries(selector)
    expect(calls).toEqual(['/a', '/b'])
    head.intern({ __name__: 'm', path: '/ab' })
    expect(head.matchSeries(selector)).toHaveLength(3)
  })

  test('asks nothing again of what was prepared, and of newer values at once', () => {
    const head = createHead()
    const calls: string[] = []
    const regex = createMatcher('path', '=~', '/a?[0-9]+')
    const watched = { ...regex, matches: (v: string) => calls.push(v) > 0 && regex.matches(v) }
    for (let i = 0; i < 20; i++)
      head.intern({ __name__: i % 2 ? 'm' : 'n', path: `/${i}`, pod: String(i % 3) })
    for (const selector of [[watched], [createMatcher('__name__', '=', 'm'), watched]]) {
      expect([...head.prepare(selector)].length).toBeGreaterThanOrEqual(10)
      calls.length = 0
      const late = head.intern({ __name__: 'm', path: `/a${selector.length}` })
      expect(head.matchSeries(selector)).toContain(late)
      expect(calls.filter((value) => value !== '')).toEqual([`/a${selector.length}`])
      expect([...head.prepare(selector)]).toEqual([])
    }
  })

  test('prepares one long value in many steps when the regular expression is hostile', () => {
    const head = createHead()
    const series = head.intern({ __name__: 'm', path: 'ab'.repeat(2_000) })
    const selector = [createMatcher('__name__', '=', 'm'), createMatcher('path', '!~', '(.{1,30}){33}')]
    expect([...head.prepare(selector)].length).toBeGreaterThan(10)
    expect(head.matchSeries(selector)).toEqual([series])
  })

  test('finds the same by whichever way is shorter when there are many series', () => {
    const head = createHead()
    for (let i = 0; i < 6_000; i++)
      head.intern({ __name__: i % 5 ? 'm' : 'n', pod: `p${i % 600}`, ...(i % 3 && { zone: `z${i % 3}` }) })
    const everything = head.matchSeries([])
    const selectors = [
      [createMatcher('__name__', '=', 'm'), createMatcher('pod', '=~', 'p1.')],
      [createMatcher('__name__', '=', 'm'), createMatcher('pod', '=~', 'p1|p77|none')],
      [
        createMatcher('__name__', '=', 'm'),
        createMatcher('pod', '=~', 'p[0-4].*'),
        createMatcher('zone', '!=', ''),
      ],
      [
        createMatcher('__name__', '=', 'm'),
        createMatcher('zone', '=~', 'z1|'),
        createMatcher('pod', '!~', 'p1.*'),
      ],
      [createMatcher('__name__', '=~', 'm|n'), createMatcher('zone', '=', '')],
      [createMatcher('pod', '!=', ''), createMatcher('zone', '=~', 'z2')],
      [createMatcher('__name__', '=', 'm'), createMatcher('missing', '=~', '.+')],
    ]
    for (const selector of selectors)
      expect(head.matchSeries(selector).map(({ ref }) => ref)).toEqual(
        everything.filter(({ labels }) => matchLabels(labels, selector)).map(({ ref }) => ref),
      )
  })
})
