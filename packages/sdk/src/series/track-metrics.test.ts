import fc from 'fast-check'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { noteTracking } from '../../test/tracking.ts'
import { createMetrics } from '../record/create-metrics.ts'
import type { SpanReference } from './active-trace.ts'
import { tableOf } from './tracking.ts'

const labelNames = ['a', 'b'] as const
type Labels = Partial<Record<(typeof labelNames)[number], string | number>>

interface Trio {
  readonly registry: Registry
  readonly counter: Counter<'a' | 'b'>
  readonly gauge: Gauge<'a' | 'b'>
  readonly histogram: Histogram<'a' | 'b'>
  readonly bare: Counter
}

const configs = {
  counter: { name: 'c_total', help: 'h', labelNames },
  gauge: { name: 'g', help: 'h', labelNames },
  histogram: { name: 'h_seconds', help: 'h', labelNames, buckets: [0.5, 1, 10] },
  bare: { name: 'bare_total', help: 'h' },
}

function followed(overrides = {}): Trio & ReturnType<typeof noteTracking> {
  const registry = new Registry()
  const noted = noteTracking(overrides)
  const metrics = createMetrics(registry, noted.tracking)
  return {
    ...noted,
    registry,
    counter: metrics.counter(configs.counter),
    gauge: metrics.gauge(configs.gauge),
    histogram: metrics.histogram(configs.histogram),
    bare: metrics.counter(configs.bare),
  }
}

function plain(): Trio {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    counter: new Counter({ ...configs.counter, registers }),
    gauge: new Gauge({ ...configs.gauge, registers }),
    histogram: new Histogram({ ...configs.histogram, registers }),
    bare: new Counter({ ...configs.bare, registers }),
  }
}

const label = fc.constantFrom<string | number>('x', 'y', 200, '200', '')
const labels: fc.Arbitrary<Labels> = fc.record({ a: label, b: label }, { requiredKeys: [] })
const wrongLabels = fc.constantFrom({ a: 'x', z: 'y' }, { c: 1 }) as unknown as typeof labels
const one = fc.constant(1)
const value = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -1, Number.POSITIVE_INFINITY, 'five' as unknown as number),
)

/** One use of a metric, as an application may make it. */
const use = fc
  .record({
    what: fc.constantFrom(
      (t: Trio, l: Labels, v: number) => t.counter.inc(l, v),
      (t: Trio, l: Labels) => t.counter.inc(l),
      (t: Trio, l: Labels, v: number) => t.counter.labels(l).inc(v),
      (t: Trio, l: Labels) => t.counter.remove(l),
      (t: Trio) => t.counter.reset(),
      (t: Trio, _: Labels, v: number) => t.bare.inc(v),
      (t: Trio) => t.bare.reset(),
      (t: Trio) => (t.counter as Counter).labels('too', 'many', 'values'),
      (t: Trio, l: Labels, v: number) => t.gauge.set(l, v),
      (t: Trio, l: Labels, v: number) => t.gauge.inc(l, v),
      (t: Trio, l: Labels, v: number) => t.gauge.labels(l).dec(v),
      (t: Trio, l: Labels) => t.gauge.remove(l),
      (t: Trio) => t.gauge.reset(),
      (t: Trio, l: Labels, v: number) => t.histogram.observe(l, v),
      (t: Trio, l: Labels, v: number) => t.histogram.labels(l).observe(v),
      (t: Trio, l: Labels) => !('z' in l || 'c' in l) && t.histogram.zero(l),
      (t: Trio, l: Labels) => t.histogram.remove(l),
      (t: Trio) => t.histogram.reset(),
    ),
    given: fc.oneof(
      { weight: 9, arbitrary: fc.tuple(labels, value) },
      { weight: 1, arbitrary: fc.tuple(wrongLabels, one) },
    ),
  })
  .map(({ what, given: [labels, value] }) => ({ run: (trio: Trio) => what(trio, labels, value) }))

function outcome(run: () => unknown): string {
  try {
    run()
    return 'done'
  } catch (error) {
    return String(error)
  }
}

describe('metrics that are followed series by series', () => {
  it("print what prom-client's own print, and throw what they throw, whatever is done with them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(use, { maxLength: 60 }), async (uses) => {
        const ours = followed()
        const theirs = plain()
        for (const { run } of uses) expect(outcome(() => run(ours))).toBe(outcome(() => run(theirs)))
        expect(linesOf(await ours.registry.metrics())).toEqual(linesOf(await theirs.registry.metrics()))
        expect(await ours.registry.getMetricsAsJSON()).toHaveLength(4)
      }),
      { numRuns: 300 },
    )
  })

  it('refuse what would poison a sum for ever', () => {
    const { counter, histogram } = followed()
    expect(() => counter.inc({ a: 'x' }, Number.NaN)).toThrow('Value is not a valid number: NaN')
    expect(() => histogram.observe({ a: 'x' }, Number.NaN)).toThrow(TypeError)
    expect(() => counter.inc({ nope: 1 } as never)).toThrow('Added label "nope" is not included')
  })

  it('let children go on where their series was removed', async () => {
    const { counter, registry } = followed()
    const child = counter.labels('x', 'y')
    child.inc()
    counter.reset()
    child.inc()
    expect(await registry.metrics()).toContain('c_total{a="x",b="y"} 1')
  })

  it('stay objects that workers of a cluster can send', async () => {
    const { counter, gauge, histogram, registry } = followed()
    counter.inc({ a: 'x' })
    gauge.set({ a: 'x' }, 2)
    histogram.observe({ a: 'x' }, 2)
    const json = await registry.getMetricsAsJSON()
    expect(structuredClone(json.map(({ name }) => name))).toHaveLength(4)
    expect(JSON.parse(JSON.stringify(json))[0]).toMatchObject({
      values: [{ labels: { a: 'x' }, value: 1 }],
    })
  })

  it('add up what has no room for a series of its own, and leave gauges as they are', async () => {
    const { counter, gauge, histogram, registry, refused } = followed({ maxSeries: 3 })
    const child = counter.labels({ a: 9 })
    for (let a = 0; a < 10; a++) {
      counter.inc({ a })
      histogram.observe({ a }, 2)
      gauge.set({ a }, a)
    }
    child.inc(5)
    const text = await registry.metrics()
    expect(text).toContain('c_total{a="2"} 1')
    expect(text).toContain('c_total{otel_metric_overflow="true"} 12')
    expect(text).toContain('h_seconds_count{otel_metric_overflow="true"} 7')
    expect(text.match(/^g\{/gm)).toHaveLength(3)
    expect(refused).toHaveLength(7 * 3 + 1)
    counter.remove({ a: 0 })
    child.inc()
    expect(await registry.metrics()).toContain('c_total{a="9"} 1')
  })

  it('hold no more than the series there are, however many come and go', () => {
    const { gauge } = followed()
    const table = tableOf(gauge)
    for (let a = 0; a < 5000; a++) {
      gauge.set({ a }, 1)
      gauge.remove({ a })
    }
    expect([table?.size, table?.changed.size, table?.ended.size]).toEqual([0, 0, 0])
  })

  it('keep one exemplar of each bucket, of traces that are kept', () => {
    let span: SpanReference | undefined
    let asked = 0
    const active = () => {
      asked++
      return span
    }
    const { histogram } = followed({ tracing: { active }, now: () => 5 })
    histogram.observe({ a: 'x' }, 0.2)
    span = { traceId: 't1', spanId: 's1', traceFlags: 1 }
    for (let i = 0; i < 10; i++) histogram.observe({ a: 'x' }, 0.2)
    histogram.labels({ a: 'x' }).observe(99)
    const [series] = tableOf(histogram)?.all() ?? []
    const exemplar = (value: number) => ({ labels: { trace_id: 't1', span_id: 's1' }, value, time: 5 })
    expect(series?.exemplars).toEqual([exemplar(0.2), undefined, undefined, exemplar(99)])
    expect(asked).toBe(3)
  })
})

const linesOf = (text: string): string[] => text.split('\n').sort()
