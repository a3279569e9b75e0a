import { createMatcher, isStaleAt, type SeriesSamples } from '@tocsin/promql'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHead, type Head, restoreHead } from './head.ts'
import type { Series } from './series/series.ts'

const WINDOW = 2_000
const RETENTION = 10_000
const OPTIONS = { chunkSamples: 8, outOfOrderWindowMs: WINDOW, retentionMs: RETENTION, idleMs: 1_500 }

/** What a head must do, in the simplest words: a map from time to value for each series. */
function createModel() {
  const series = new Map<number, Map<number, number | 'stale'>>()
  let horizon = -Infinity
  let newestOfAll = -Infinity
  return {
    append(which: number, time: number, value: number | 'stale') {
      const samples = series.get(which) ?? new Map()
      const newest = Math.max(...samples.keys())
      if (time < horizon || time < newest - WINDOW) return
      series.set(which, samples.set(time, value))
      newestOfAll = Math.max(newestOfAll, time)
    },
    maintain(now: number) {
      horizon = Math.min(now, newestOfAll) - RETENTION
      for (const [which, samples] of series) if (Math.max(...samples.keys()) < horizon) series.delete(which)
    },
    select(which: number, start: number, end: number) {
      return [...(series.get(which) ?? [])]
        .filter(([time]) => time >= Math.max(start, horizon) && time <= end)
        .sort(([a], [b]) => a - b)
    },
  }
}

const operation = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      op: fc.constant('next' as const),
      which: fc.nat(2),
      step: fc.integer({ min: 1, max: 900 }),
      value: value(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('late' as const),
      which: fc.nat(2),
      back: fc.nat(3_000),
      value: value(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('maintain' as const), ahead: fc.nat(4_000) }) },
  { weight: 1, arbitrary: fc.constant({ op: 'restore' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('read' as const), back: fc.nat(15_000), span: fc.nat(15_000) }),
  },
)

function value() {
  return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double(), fc.constant('stale' as const))
}

function pointsOf(samples: SeriesSamples | undefined): [number, number | 'stale'][] {
  if (!samples) return []
  return [...samples.timestamps].map((time, i) => [
    time,
    isStaleAt(samples.values, i) ? 'stale' : (samples.values[i] ?? 0),
  ])
}

function intern(head: Head, which: number): Series {
  const series = head.intern({ __name__: 'm', which: String(which) })
  if ('refused' in series) throw new Error(series.detail)
  return series
}

describe('a head', () => {
  test('selects what a naive model holds, whatever is appended late, packed, expired, snapshot and restored', async () => {
    const run = fc.asyncProperty(fc.array(operation, { maxLength: 150, size: 'max' }), async (operations) => {
      let head = createHead(OPTIONS)
      const model = createModel()
      let now = 100_000
      const views: [SeriesSamples, [number, number | 'stale'][]][] = []
      for (const one of operations) {
        if (one.op === 'restore') head = (await restoreHead(head.snapshot(1), OPTIONS)).head
        else if (one.op === 'maintain') {
          now += one.ahead
          head.maintain(now)
          model.maintain(now)
        } else if (one.op === 'read') {
          const end = now - one.back + one.span
          for (const which of [0, 1, 2]) {
            const samples = head.read(intern(head, which), now - one.back, end)
            const expected = model.select(which, now - one.back, end)
            expect(pointsOf(samples)).toEqual(expected)
            if (samples) views.push([samples, expected])
          }
        } else {
          if (one.op === 'next') now += one.step
          const time = one.op === 'next' ? now : now - one.back
          const series = intern(head, one.which)
          if (one.value === 'stale') head.appendStale(series, time)
          else head.append(series, time, one.value)
          model.append(one.which, time, one.value)
        }
      }
      for (const which of [0, 1, 2])
        expect(pointsOf(head.read(intern(head, which), 0, Infinity))).toEqual(
          model.select(which, 0, Infinity),
        )
      // What was given to a reader never changes afterwards.
      for (const [samples, expected] of views) expect(pointsOf(samples)).toEqual(expected)
    })
    await fc.assert(run, { numRuns: 300 })
  })

  test('tells what became of a sample', () => {
    const head = createHead({ outOfOrderWindowMs: 1_000, retentionMs: 60_000 })
    const series = intern(head, 1)
    expect(head.append(series, 10_000, 1)).toBe('appended')
    expect(head.append(series, 10_000, 1)).toBe('unchanged')
    expect(head.append(series, 10_000, 2)).toBe('replaced')
    expect(head.append(series, 9_500, 1)).toBe('inserted')
    expect(head.append(series, 8_999, 1)).toBe('too_old')
    expect(head.append(series, Number.NaN, 1)).toBe('invalid_time')
    expect(head.append(series, Infinity, 1)).toBe('invalid_time')
    expect([series.lastTimeMs, series.lastValue]).toEqual([10_000, 2])
    head.append(intern(head, 2), 200_000, 1)
    head.maintain(200_000)
    expect(series.dropped).toBe(true)
    expect(head.append(series, 200_001, 1)).toBe('dropped')
    expect(head.append(intern(head, 1), 139_999, 1)).toBe('too_old')
  })

  test('drops nothing for a clock that jumps ahead, and refuses nothing once it is set back', () => {
    const head = createHead({ retentionMs: 10_000, outOfOrderWindowMs: 100_000 })
    const one = intern(head, 1)
    head.append(one, 50_000, 1)
    head.maintain(9e12)
    expect(head.read(one, 0, Infinity)?.timestamps).toEqual(Float64Array.of(50_000))
    // A publisher whose clock is wrong in the same way.
    head.append(intern(head, 2), 8e12, 1)
    head.maintain(9e12)
    expect(head.append(intern(head, 1), 51_000, 1)).toBe('too_old')
    head.maintain(52_000)
    expect(head.append(intern(head, 1), 51_000, 1)).toBe('appended')
  })

  test('keeps what is exactly as old as the retention, also when it is packed', () => {
    const head = createHead({ chunkSamples: 8, retentionMs: 10_000 })
    const series = intern(head, 1)
    for (let time = 1_000; time <= 30_000; time += 1_000) head.append(series, time, time)
    for (let time = 30_000; time <= 40_000; time += 1_000) {
      head.append(intern(head, 2), time, 1)
      head.maintain(time)
      expect(head.read(series, 0, Infinity)?.timestamps[0]).toBe(time - 10_000)
    }
  })

  test('interns a label set once, in any order, and takes an empty value for an absent one', () => {
    const head = createHead()
    const one = head.intern({ __name__: 'm', a: '1', b: '2' })
    expect(head.intern({ b: '2', a: '1', c: '', __name__: 'm' })).toBe(one)
    expect(head.find({ a: '1', b: '2', __name__: 'm' })).toBe(one)
    expect(head.find({ a: '1', __name__: 'm' })).toBeUndefined()
    expect(head.intern({ a: '11:b', __name__: 'm' })).not.toBe(head.intern({ a: '1', b: '', __name__: 'm' }))
  })

  test('takes label names that every object has for labels like any other', () => {
    const head = createHead()
    const plain = head.intern({ __name__: 'm' })
    const odd = head.intern(JSON.parse('{"__name__":"m","__proto__":"a","constructor":"b"}'))
    expect(odd).not.toBe(plain)
    for (const series of [plain, odd]) if ('labels' in series) head.append(series, 1, 1)
    const without = [
      ...head.select([createMatcher('__name__', '=', 'm'), createMatcher('constructor', '=', '')], 0, 9),
    ]
    expect(without.map(({ labels }) => labels)).toEqual([{ __name__: 'm' }])
    expect(head.labelNames()).toEqual(['__name__', '__proto__', 'constructor'])
    expect(head.labelValues('__proto__')).toEqual(['a'])
  })

  test('tells watchers of series that come and go', () => {
    const head = createHead({ retentionMs: 1_000 })
    const seen: string[] = []
    const stop = head.watchSeries({
      created: ({ labels }) => seen.push(`+${labels['which']}`),
      dropped: ({ labels }) => seen.push(`-${labels['which']}`),
    })
    head.append(intern(head, 1), 1_000, 1)
    head.append(intern(head, 2), 5_000, 1)
    head.maintain(5_000)
    stop()
    intern(head, 3)
    expect(seen).toEqual(['+1', '+2', '-1'])
    expect(head.labelValues('which')).toEqual(['2', '3'])
  })
})
