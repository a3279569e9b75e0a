import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../compile.ts'
import { createMemoryStorage, type MemoryStorage } from '../promqltest/memory-storage.ts'
import type { Labels, Queryable } from '../storage.ts'
import { createLiveRules } from './live-rules.ts'

const SERIES: readonly Labels[] = [
  { __name__: 'requests_total', service: 'a', route: '/1' },
  { __name__: 'requests_total', service: 'a', route: '/2' },
  { __name__: 'requests_total', service: 'b', route: '/1' },
  { __name__: 'up', service: 'a' },
]

const RULES = [
  'sum by (route) (rate(requests_total{service="a"}[1m])) > 0.5',
  'increase(requests_total[2m] offset 30s)',
  'up == 0 or absent(up)',
  'max_over_time(sum(requests_total)[1m:10s])',
  'changes({service=~"a|b"}[45s])',
  'requests_total @ 20',
]

/** Storage that keeps what is appended, as the head does. */
function append(storage: MemoryStorage, labels: Labels, timeMs: number, value: number, stale: boolean): void {
  storage.load(labels, timeMs, ['gap', stale ? 'stale' : value])
}

describe('live rules', () => {
  it('come to what evaluation from the storage comes to, whatever comes in', () => {
    const event = fc.record({
      series: fc.nat(SERIES.length - 1),
      advanceMs: fc.constantFrom(1, 500, 5000, 20_000, 90_000),
      lateMs: fc.constantFrom(0, 0, 0, 400, 8000),
      value: fc.integer({ min: 0, max: 50 }),
      stale: fc.boolean(),
      evaluate: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 40 }),
        fc.constantFrom(80, 8_000_000),
        (events, mostSamples) => {
          const storage = createMemoryStorage()
          const live = createLiveRules({ queryable: storage, mostSamples })
          const compiled = RULES.map((rule) => compile(rule))
          const rules = compiled.map((rule) => live.add(rule))
          let time = 1000
          for (const { series, advanceMs, lateMs, value, stale, evaluate } of events) {
            time += advanceMs
            const labels = SERIES[series] ?? {}
            append(storage, labels, time - lateMs, value, stale)
            live.append(labels, time - lateMs, value, stale)
            if (!evaluate) continue
            for (const [i, rule] of rules.entries()) {
              expect(sorted(rule.evaluate(time))).toEqual(sorted(compiled[i]?.evaluate(storage, time)))
            }
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it('names the rules that a sample concerns, and no others', () => {
    const live = createLiveRules({ queryable: createMemoryStorage() })
    const [first, second] = ['rate(requests_total{service="a"}[1m])', 'up'].map((rule) =>
      live.add(compile(rule)),
    )
    const regex = live.add(compile('count({__name__=~".+_total",service!="b"})'))
    expect(live.append(SERIES[0] ?? {}, 1000, 1)).toEqual([first, regex])
    expect(live.append(SERIES[2] ?? {}, 1000, 1)).toEqual([])
    expect(live.append(SERIES[3] ?? {}, 1000, 1)).toEqual([second])
    if (second) live.remove(second)
    expect(live.append(SERIES[3] ?? {}, 2000, 1)).toEqual([])
  })

  it('still answer when they have been removed', () => {
    const storage = createMemoryStorage()
    const live = createLiveRules({ queryable: storage })
    const rule = live.add(compile('up'))
    rule.evaluate(0)
    live.remove(rule)
    append(storage, SERIES[3] ?? {}, 1000, 7, false)
    live.append(SERIES[3] ?? {}, 1000, 7)
    expect(rule.evaluate(1000)).toMatchObject({ value: [{ value: 7 }] })
  })

  it('read from the storage when a selector has more series than may be kept', () => {
    const storage = createMemoryStorage()
    const live = createLiveRules({ queryable: storage, mostSeries: 2 })
    const rule = live.add(compile('count(requests_total)'))
    for (const [i, labels] of SERIES.entries()) {
      append(storage, labels, 1000 + i, 1, false)
      live.append(labels, 1000 + i, 1)
      rule.evaluate(1000 + i)
    }
    expect(rule.evaluate(2000)).toMatchObject({ value: [{ value: 3 }] })
  })

  it('lose no sample that comes in while the first evaluation reads the storage', async () => {
    const storage = createMemoryStorage()
    for (const labels of SERIES) append(storage, labels, 1000, 1, false)
    const live = createLiveRules({ queryable: storage })
    const rule = live.add(compile('sum(requests_total)'))
    let time = 1000
    const pause = async (): Promise<void> => {
      time++
      for (const labels of SERIES) {
        append(storage, labels, time, time, false)
        live.append(labels, time, time)
      }
    }
    let clock = 0
    await rule.evaluateInSlices(1000, { sliceMs: 0, now: () => clock++, pause })
    await rule.evaluateInSlices(1000, { sliceMs: 0, now: () => clock++, pause })
    expect(rule.evaluate(time)).toEqual(compile('sum(requests_total)').evaluate(storage, time))
  })

  it('read from the storage once, not at every evaluation', () => {
    const storage = createMemoryStorage()
    let reads = 0
    const counted: Queryable = {
      select(matchers, startMs, endMs) {
        reads++
        return storage.select(matchers, startMs, endMs)
      },
    }
    const live = createLiveRules({ queryable: counted })
    const rule = live.add(compile('rate(requests_total[1m])'))
    for (let time = 5000; time <= 500_000; time += 5000) {
      live.append(SERIES[0] ?? {}, time, time)
      rule.evaluate(time)
    }
    expect(reads).toBe(1)
    rule.evaluate(100_000)
    expect(reads).toBe(2)
  })
})

function sorted(result: ReturnType<ReturnType<typeof compile>['evaluate']> | undefined): unknown {
  if (result?.type !== 'vector') return result
  const values = result.value.map(({ labels, value }) => [
    JSON.stringify({ ...labels }, Object.keys(labels).sort()),
    value,
  ])
  return values.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}
