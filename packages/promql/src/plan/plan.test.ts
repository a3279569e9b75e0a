import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../compile.ts'
import { createEngine } from '../engine.ts'
import { QueryError } from '../errors.ts'
import type { QueryResult } from '../eval/run-query.ts'
import { createMemoryStorage } from '../promqltest/memory-storage.ts'
import type { Labels, Queryable } from '../storage.ts'

const SERIES: readonly Labels[] = [
  { __name__: 'requests_total', service: 'a', route: '/1' },
  { __name__: 'requests_total', service: 'a', route: '/2' },
  { __name__: 'requests_total', service: 'b', route: '/1' },
  { __name__: 'errors_total', service: 'a', route: '/1' },
  { __name__: 'errors_total', service: 'b', route: '/1' },
  { __name__: 'limit', service: 'a' },
  { __name__: 'limit', service: 'b' },
  { __name__: 'queue', service: 'a', shard: '1' },
  { __name__: 'queue', service: 'a', shard: '2' },
]

const EXPRESSIONS = [
  'sum by (route) (rate(requests_total{service="a"}[1m])) > 0.5',
  'increase(requests_total[2m] offset 30s)',
  'rate(queue[1m])',
  'last_over_time(queue[45s])',
  '-(1 - 3) * (requests_total + 1) == bool 8',
  'avg without (route) (requests_total) or limit',
  'stddev(requests_total) + count(requests_total) - min(requests_total)',
  'sum by (service) (rate(errors_total[1m])) / sum by (service) (rate(requests_total[1m])) > 0.1',
  'errors_total / requests_total',
  'requests_total > on (service) limit',
  'sum by (service) (requests_total) > on (service) limit',
  'requests_total unless on (service) limit > 10',
  'errors_total and requests_total',
  'limit <= bool on (service) queue',
  'requests_total - ignoring (shard) requests_total',
  'requests_total * on (service) group_left limit',
  '{__name__=~"limit|queue"} % 7',
  'rate({__name__=~"requests_total|errors_total"}[1m])',
  'sum by (__name__) (rate({__name__=~"requests_total|errors_total"}[1m]))',
  'count_values("v", sum by (service) (requests_total)) and on () limit',
  'max_over_time(sum(requests_total)[1m:10s])',
  'absent(queue) or quantile_over_time(0.5, queue[1m]) > 3',
  'predict_linear(queue[1m], 2 * 30)',
  'requests_total @ 20',
  'vector(3) > 2',
  '2 < 3 * limit',
]

/** A storage whose label objects are the same each time, as those of a head are, and one whose are not. */
function withFreshLabels(storage: Queryable): Queryable {
  return {
    *select(matchers, startMs, endMs) {
      for (const series of storage.select(matchers, startMs, endMs))
        yield { ...series, labels: { ...series.labels } }
    },
  }
}

async function outcomeOf(evaluate: () => QueryResult | Promise<QueryResult>): Promise<unknown> {
  try {
    const result = await evaluate()
    const { warnings, infos } = result
    if (result.type !== 'vector') return result
    const samples = result.value.map(({ labels, value }) => [
      JSON.stringify(Object.entries(labels).sort()),
      value,
    ])
    return { samples: samples.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)), warnings, infos }
  } catch (error) {
    if (error instanceof QueryError) return error.message
    throw error
  }
}

describe('an expression that keeps what does not change', () => {
  it('comes to what the evaluator comes to, whatever comes in', async () => {
    const event = fc.record({
      series: fc.nat(SERIES.length - 1),
      advanceMs: fc.constantFrom(1, 500, 5000, 20_000, 90_000, 400_000),
      lateMs: fc.constantFrom(0, 0, 0, 400, 8000),
      value: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Number.NaN)),
      stale: fc.boolean(),
      evaluate: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), fc.boolean(), async (events, fresh) => {
        const storage = createMemoryStorage()
        const queryable = fresh ? withFreshLabels(storage) : storage
        const engine = createEngine({ queryable })
        const compiled = EXPRESSIONS.map((expression) => compile(expression))
        let time = 1000
        for (const { series, advanceMs, lateMs, value, stale, evaluate } of events) {
          time += advanceMs
          storage.load(SERIES[series] ?? {}, time - lateMs, ['gap', stale ? 'stale' : value])
          if (!evaluate) continue
          for (const [i, one] of compiled.entries()) {
            const wanted = await outcomeOf(() => engine.instant(EXPRESSIONS[i] ?? '', time))
            expect(await outcomeOf(() => one.evaluate(queryable, time)), EXPRESSIONS[i]).toEqual(wanted)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('reads no more than it may', () => {
    const storage = createMemoryStorage()
    for (let i = 0; i < 100; i++) storage.load({ __name__: 'm', i: String(i) }, 1000, [1, 2, 3])
    const rule = compile('sum(rate(m[1m]))', { maxSamples: 200 })
    expect(() => rule.evaluate(storage, 2000)).toThrow('too many samples')
  })
})
