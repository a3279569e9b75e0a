import { describe, expect, test } from 'vitest'
import { learnBaseline, type Measured } from './learn-baseline.ts'
import type { Baseline } from './service-record.ts'

const DAY = 86_400_000
const NOON = 20_000 * DAY + DAY / 2
const limits = { floor: 0.25, cap: 4, leastSamples: 24 }

const windows = (values: readonly number[], nowMs = NOON): Measured[] =>
  values.map((value, i) => ({ atMs: nowMs - (values.length - 1 - i) * 300_000, value }))
/** So many windows around a value, the same each time. */
const around = (value: number, spread = 0, count = 72) =>
  Array.from({ length: count }, (_, i) => value + spread * (((i * 7) % 11) / 5 - 1))

describe('one look at the windows', () => {
  const table: [name: string, values: readonly number[], expected: Partial<Baseline>][] = [
    [
      'what is steady may rise by four tenths',
      around(1),
      { threshold: 1.4, median: 1, spread: 0, samples: 72 },
    ],
    [
      'what varies may rise by four deviations',
      around(1, 0.5),
      { threshold: 2.779, median: 1, spread: 0.4448 },
    ],
    ['what is quick is held to the floor', around(0.005), { threshold: 0.25, bound: 'floor' }],
    ['what is slow is held to the cap', around(30), { threshold: 4, bound: 'cap', median: 30 }],
    ['what never failed is held to the floor', around(0), { threshold: 0.25, bound: 'floor' }],
    [
      'a fifth of the windows in an outage changes little',
      [...around(1, 0.1, 58), ...around(10, 0, 14)],
      { threshold: 1.428 },
    ],
    ['as few windows as there must be', around(1, 0, 24), { threshold: 1.4, samples: 24 }],
  ]
  test.each(table)('%s', (_name, values, expected) => {
    expect(learnBaseline(windows(values), undefined, limits, NOON)).toMatchObject(expected)
  })

  test('too few windows teach nothing, and what was learnt before stays', () => {
    const few = windows(around(1, 0, 23))
    expect(learnBaseline(few, undefined, limits, NOON)).toBeUndefined()
    const former = learnBaseline(windows(around(2)), undefined, limits, NOON - DAY)
    expect(learnBaseline(few, former, limits, NOON)).toBe(former)
    expect(learnBaseline([], former, limits, NOON)).toBe(former)
  })

  test('it says from when it was learnt', () => {
    expect(learnBaseline(windows(around(1)), undefined, limits, NOON)).toMatchObject({
      fromMs: NOON - 71 * 300_000,
      toMs: NOON,
    })
  })
})

/** Learns hour by hour from what the value was in the six hours before. */
function live(valueAt: (hour: number) => number, hours: number): readonly Baseline[] {
  const learnt: Baseline[] = []
  for (let hour = 0; hour < hours; hour++) {
    const nowMs = 20_000 * DAY + hour * 3_600_000
    const values = Array.from({ length: 72 }, (_, i) => valueAt(hour - (71 - i) / 12))
    const baseline = learnBaseline(windows(values, nowMs), learnt.at(-1), { ...limits, cap: 100 }, nowMs)
    if (baseline) learnt.push(baseline)
  }
  return learnt
}

describe('over days', () => {
  test('a quiet night does not make the morning an alarm', () => {
    const valueAt = (hour: number) => (((hour % 24) + 24) % 24 < 8 ? 0.3 : 1)
    const later = live(valueAt, 10 * 24).slice(48)
    expect(Math.min(...later.map(({ threshold }) => threshold))).toBeGreaterThan(1)
  })

  test('what gets worse at once alarms for days, until it is what is usual', () => {
    const learnt = live((hour) => (hour < 10 * 24 ? 1 : 3), 20 * 24)
    const firstAbove = learnt.findIndex(({ threshold }) => threshold > 3)
    expect(firstAbove).toBeGreaterThan(13 * 24)
    expect(learnt[11 * 24]).toMatchObject({ bound: 'drift', threshold: 2.1 })
    expect(learnt.at(-1)?.threshold).toBeGreaterThan(3)
  })

  test('what gets worse by a fifth each day is told, and what creeps ends at the cap', () => {
    const fast = live((hour) => 1.2 ** (Math.max(0, hour - 7 * 24) / 24), 20 * 24)
    expect(fast.some(({ threshold, median }) => threshold < median)).toBe(true)
    const [last] = live((hour) => 1.02 ** (hour / 24), 300 * 24).slice(-1)
    expect(last).toMatchObject({ threshold: 100, bound: 'cap' })
  })

  test('it remembers a week, whatever the length of its life', () => {
    expect(live(() => 1, 30 * 24).at(-1)?.days).toHaveLength(8)
  })

  test('what gets better is held to more closely after two days', () => {
    const learnt = live((hour) => (hour < 5 * 24 ? 2 : 0.5), 9 * 24)
    expect(learnt.at(-1)?.threshold).toBeCloseTo(0.7)
  })
})
