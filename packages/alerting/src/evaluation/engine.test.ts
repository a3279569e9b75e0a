import { parseRuleFile } from '@tocsin/rules'
import { createHead, type Head, type Series } from '@tocsin/tsdb'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeRules } from '../rules/rule-set.ts'
import { createEngine, type Engine } from './engine.ts'
import type { Moment } from './evaluate-rule.ts'

const START = Date.UTC(2026, 0, 1)

/** An engine over a head of its own; `told` lists what it tells, as `name{n} state`. */
function createWorld(rules: string) {
  const head = createHead()
  const told: string[] = []
  const evaluated: string[] = []
  const engine = createEngine({
    head,
    externalURL: 'http://localhost:3003',
    monotonic: () => 0,
    listener: {
      evaluated: ({ rule }) => void evaluated.push(rule.name),
      changed(ref, changes) {
        for (const { alert, transition } of changes)
          if (transition) told.push(`${ref.name}{${alert.labels['n'] ?? ''}} ${transition}`)
      },
      forgotten() {},
    },
  })
  const set = placeRules(parseRuleFile('test.yml', rules), { intervalMs: 15_000 })
  engine.replaceRules(set, at(0))
  return { head, engine, told, evaluated, groups: set.groups }
}

const at = (seconds: number, more: Partial<Moment> = {}): Moment => ({
  atMs: START + seconds * 1000,
  sequence: seconds,
  trigger: 'sample',
  ...more,
})

function write(head: Head, name: string, n: string, seconds: number, value: number): Series {
  const series = head.intern({ __name__: name, n }, 'test')
  if (!('ref' in series)) throw new Error(series.detail)
  head.append(series, START + seconds * 1000, value)
  return series
}

/** Writes a sample and evaluates the rules that read it. */
function send(
  world: { head: Head; engine: Engine },
  name: string,
  n: string,
  seconds: number,
  value: number,
) {
  world.engine.evaluateReaders([write(world.head, name, n, seconds, value)], at(seconds))
}

const groups = (rules: string) => `groups:\n  - name: g\n    rules:\n${rules}`

test('only the rules that read a sample are evaluated, and those that read what they write, once each', () => {
  const world = createWorld(
    groups(`      - { record: twice, expr: 2 * a }
      - { alert: OnTwice, expr: twice > 10 }
      - { alert: OnBoth, expr: a > 5 and twice > 10 }
      - { alert: OnB, expr: b > 0 }
      - { alert: OnAnyName, expr: '{n="1",__name__=~"a.*"} > 100' }
`),
  )
  send(world, 'a', '1', 1, 6)
  expect(world.evaluated).toEqual(['twice', 'OnBoth', 'OnAnyName', 'OnTwice'])
  expect(world.told.toSorted()).toEqual(['OnBoth{1} firing', 'OnTwice{1} firing'])
  world.evaluated.length = 0
  send(world, 'c', '1', 2, 6)
  expect(world.evaluated).toEqual([])
})

test('rules that read each other, or themselves, come to an end', () => {
  const world = createWorld(
    groups(`      - { record: x, expr: x + 1 or a }
      - { record: y, expr: z + 1 or a }
      - { record: z, expr: y + 1 }
      - { alert: OnAlerts, expr: count(ALERTS) > 100 or a }
`),
  )
  send(world, 'a', '1', 1, 1)
  expect(world.evaluated.length).toBeLessThan(20)
})

test('ALERTS and ALERTS_FOR_STATE say which alerts are active, and end with them', () => {
  const world = createWorld(groups('      - { alert: A, expr: a > 1, for: 10s }\n'))
  const [group] = world.groups
  const read = (seconds: number) =>
    ['ALERTS', 'ALERTS_FOR_STATE'].flatMap((name) =>
      world.head
        .matchSeries([{ name: '__name__', type: '=', value: name, matches: (v) => v === name }])
        .filter(({ lastIsStale, lastTimeMs }) => !lastIsStale && lastTimeMs === START + seconds * 1000)
        .map(({ name: metric, labels, lastValue }) => `${metric} ${labels['alertstate'] ?? ''} ${lastValue}`),
    )
  send(world, 'a', '1', 1, 5)
  expect(read(1)).toEqual(['ALERTS pending 1', `ALERTS_FOR_STATE  ${START / 1000 + 1}`])
  world.engine.evaluateDue(at(11, { trigger: 'deadline' }))
  expect(read(11)).toEqual(['ALERTS firing 1', `ALERTS_FOR_STATE  ${START / 1000 + 1}`])
  if (group) world.engine.evaluateGroup(group, at(20, { trigger: 'interval' }))
  expect(read(20)).toHaveLength(2)
  send(world, 'a', '1', 21, 0)
  expect(read(21)).toEqual([])
})

test('a query that fails, and results over the limit', () => {
  const world = createWorld(
    `groups:\n  - name: g\n    limit: 1\n    rules:\n      - { alert: A, expr: a > 1 }\n      - { alert: B, expr: a / on () b }\n`,
  )
  const status = (name: string) =>
    world.engine.status([...world.engine.rules().rules.values()].find((r) => r.rule.name === name)?.id ?? '')
  send(world, 'a', '1', 1, 5)
  send(world, 'b', '1', 1, 5)
  expect(world.told).toEqual(['A{1} firing', 'B{} firing'])
  send(world, 'b', '2', 2, 5)
  expect(status('B')).toMatchObject({ health: 'err', lastError: expect.stringContaining('many-to-many') })
  expect(status('B').alerts.values().next().value).toMatchObject({ phase: 'firing' })
  send(world, 'a', '2', 3, 5)
  expect(status('A')).toMatchObject({ health: 'err', lastError: 'exceeded limit of 1 with 2 alerts' })
  expect(world.told).toEqual(['A{1} firing', 'B{} firing', 'A{1} resolved'])
})

test('a changed rule keeps its alerts, one that is gone ends them', () => {
  const world = createWorld(groups('      - { alert: A, expr: a > 1 }\n      - { alert: B, expr: a > 1 }\n'))
  send(world, 'a', '1', 1, 5)
  const next = parseRuleFile('test.yml', groups('      - { alert: A, expr: a > 2 }\n'))
  world.engine.replaceRules(placeRules(next, { intervalMs: 1 }), at(2))
  send(world, 'a', '1', 3, 4)
  expect(world.told).toEqual(['A{1} firing', 'B{1} firing', 'B{1} resolved'])
})

const RULES = groups(`      - { record: total, expr: sum by (n) (a) + sum by (n) (b) }
      - { alert: High, expr: a > 5 }
      - { alert: Slow, expr: total > 12, for: 4s }
      - { alert: Kept, expr: b > 5, keep_firing_for: 6s }
      - { alert: Rises, expr: 'changes(a[1h]) > 2' }
      - { alert: Firing, expr: 'count(ALERTS{alertname="High",alertstate="firing"}) > 1' }
`)

test('evaluating only what an event concerns tells what evaluating everything would', () => {
  const event = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    n: fc.constantFrom('1', '2'),
    value: fc.integer({ min: 0, max: 10 }),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const frugal = createWorld(RULES)
      const naive = createWorld(RULES)
      events.forEach(({ name, n, value }, i) => {
        const moment = at(i + 1)
        send(frugal, name, n, i + 1, value)
        frugal.engine.evaluateDue(moment)
        write(naive.head, name, n, i + 1, value)
        // Twice, since a rule may read what one after it writes.
        for (const group of [...naive.groups, ...naive.groups]) naive.engine.evaluateGroup(group, moment)
        // What time alone changes is left to the interval.
        for (const group of frugal.groups)
          frugal.engine.evaluateGroup(group, { ...moment, trigger: 'interval' })
        expect(frugal.told.toSorted()).toEqual(naive.told.toSorted())
      })
    }),
    { numRuns: 50 },
  )
})

test('groups of others are left alone, and those that are released go on elsewhere', () => {
  const head = createHead()
  const told: string[] = []
  const owned = new Set<string>()
  const engine = createEngine({
    head,
    externalURL: '',
    monotonic: () => 0,
    owns: (group) => owned.has(group),
    listener: {
      evaluated() {},
      changed: (ref, changes) => {
        for (const { transition } of changes) told.push(`${ref.name} ${transition}`)
      },
      forgotten() {},
    },
  })
  const rules = parseRuleFile(
    'test.yml',
    'groups: [{ name: g, rules: [{ alert: A, expr: a > 1 }] }, { name: h, rules: [{ alert: B, expr: a > 1 }] }]',
  )
  const set = placeRules(rules, { intervalMs: 15_000 })
  engine.replaceRules(set, at(0))
  const [g, h] = set.groups
  if (!g || !h) throw new Error('no groups')
  owned.add(g.id)
  const series = write(head, 'a', '1', 1, 5)
  expect(engine.isRead(series)).toBe(true)
  engine.evaluateMarked(at(1))
  expect(told).toEqual(['A firing'])
  owned.delete(g.id)
  engine.release((group) => group === g.id)
  owned.add(h.id)
  write(head, 'a', '1', 2, 0)
  engine.evaluateMarked(at(2))
  engine.replaceRules(placeRules([], { intervalMs: 15_000 }), at(3))
  expect(told).toEqual(['A firing'])
})

test('in a replay only the rules that have not seen a message are evaluated for it', () => {
  const world = createWorld(
    groups('      - { record: twice, expr: 2 * a }\n      - { alert: OnTwice, expr: twice > 1 }\n'),
  )
  const series = write(world.head, 'a', '1', 1, 5)
  world.engine.dropMarks()
  world.engine.evaluateReaders([series], at(1, { only: ({ rule }) => rule.kind === 'recording' }))
  expect(world.evaluated).toEqual(['twice'])
  expect(world.told).toEqual([])
  world.engine.evaluateMarked(at(2))
  expect(world.told).toEqual(['OnTwice{1} firing'])
})
