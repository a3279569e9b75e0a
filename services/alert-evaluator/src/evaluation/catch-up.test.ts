import { createEngine, placeRules } from '@tocsin/alerting'
import { parseRuleFile } from '@tocsin/rules'
import { createHead } from '@tocsin/tsdb'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCatchUp } from './catch-up.ts'
import { createEvaluationTime } from './evaluation-time.ts'

const START = Date.UTC(2026, 0, 1)

interface Message {
  readonly atMs: number
  readonly name: string
  readonly value: number
}

const RULES = `groups:
  - name: g
    rules:
      - { alert: High, expr: a > 5 }
      - { alert: Both, expr: a > 3 and b > 3 }
      - { alert: Slow, expr: b > 5, for: 2s }
      - { alert: Kept, expr: a > 8, keep_firing_for: 1500ms }
`

/** Replays messages, and tells transitions; `each` evaluates after every message instead of in batches. */
function replay(messages: readonly Message[], each: boolean) {
  const head = createHead()
  const told: string[] = []
  let evaluations = 0
  const engine = createEngine({
    head,
    externalURL: '',
    monotonic: () => 0,
    listener: {
      evaluated: () => void evaluations++,
      changed(ref, changes, { atMs }) {
        for (const { transition, alert } of changes)
          if (transition) told.push(`${ref.name} ${transition} ${alert.value} @${atMs - START}`)
      },
      forgotten() {},
    },
  })
  const set = placeRules(parseRuleFile('f.yml', RULES), { intervalMs: 15_000 })
  engine.replaceRules(set, { atMs: START, sequence: 0, trigger: 'changed' })
  const catchUp = createCatchUp({
    engine,
    timeOf: createEvaluationTime(),
    evaluate: (moment, _cause, work) => work(moment),
    now: () => START,
  })
  messages.forEach(({ atMs, name, value }, i) => {
    const delivery = { timeMs: START + atMs, sequence: i + 1 }
    catchUp.before(delivery)
    const series = head.intern({ __name__: name }, 'test')
    if (!('ref' in series)) throw new Error(series.detail)
    head.append(series, Math.floor(delivery.timeMs), value)
    catchUp.after({ ...delivery, newestMs: Math.floor(delivery.timeMs), series: [series] })
    if (each) catchUp.finish(delivery.timeMs)
  })
  catchUp.finish(START + 100_000)
  return { told, evaluations }
}

test('no level is passed over, not even within a millisecond', () => {
  const messages = [
    { atMs: 1, name: 'a', value: 1 },
    { atMs: 5.2, name: 'a', value: 9 },
    { atMs: 5.4, name: 'a', value: 1 },
    { atMs: 7, name: 'a', value: 7 },
  ]
  expect(replay(messages, false).told).toEqual([
    'High firing 9 @6',
    'Kept firing 9 @6',
    'High resolved 9 @6',
    'High firing 7 @7',
    'Kept resolved 9 @1506',
  ])
})

test('a level that stands for less than a millisecond is not passed over at its turn either', () => {
  const messages = [
    { atMs: 1, name: 'a', value: 1 },
    { atMs: 5.9, name: 'a', value: 7 },
    { atMs: 6.2, name: 'a', value: 1 },
  ]
  expect(replay(messages, false).told).toEqual(['High firing 7 @6', 'High resolved 7 @7'])
})

test('a deadline between two messages is lived through at its own time', () => {
  const messages = [
    { atMs: 0, name: 'b', value: 9 },
    { atMs: 5000, name: 'b', value: 1 },
  ]
  expect(replay(messages, false).told).toEqual([
    'Slow pending 9 @0',
    'Slow firing 9 @2000',
    'Slow resolved 9 @5000',
  ])
})

test('messages on different series are evaluated together', () => {
  const messages = Array.from({ length: 40 }, (_, i) => ({ atMs: 10 * i, name: i % 2 ? 'a' : 'b', value: 1 }))
  const together = replay(messages, false).evaluations
  expect(together).toBeLessThan(replay(messages, true).evaluations)
})

test('an alert on one series goes through the states it would go through message by message', () => {
  const message = fc.record({
    gap: fc.integer({ min: 0, max: 150 }),
    name: fc.constantFrom('a', 'b'),
    value: fc.integer({ min: 0, max: 10 }),
  })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (script) => {
      let atMs = 0
      const messages = script.map(({ gap, name, value }) => {
        atMs += gap
        return { atMs, name, value }
      })
      const states = (each: boolean) =>
        replay(messages, each)
          .told.filter((t) => t.startsWith('High'))
          .map((t) => t.split(' ').slice(0, 2).join(' '))
      expect(states(false)).toEqual(states(true))
    }),
    { numRuns: 50 },
  )
})
