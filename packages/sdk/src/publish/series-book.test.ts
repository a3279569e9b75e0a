import { type MetricBatch, parseMetricMessage } from '@tocsin/contract'
import fc from 'fast-check'
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { setCumulative } from '../record/set-cumulative.ts'
import { createWarner } from '../warn.ts'
import { createSeriesBook } from './series-book.ts'
import { watchRegistry } from './watch-registry.ts'

function setUp({ existing = new Registry(), maxSize = 1e9 }: { existing?: Registry; maxSize?: number } = {}) {
  let now = 1_000_000
  let id = 0
  let touched = 0
  const warnings: string[] = []
  const refused: string[] = []
  const registry = existing
  const watch = watchRegistry(registry, () => touched++)
  const book = createSeriesBook({
    admission: {
      warn: createWarner((message) => warnings.push(message)),
      refuse: (reason) => refused.push(reason),
      labels: { service: 'shop', instance: 'a:1' },
    },
    source: 'shop',
    now: () => now,
    nextId: () => String(id++),
    maxSize: () => maxSize,
  })
  /** Everything published now, each message checked by the contract. */
  function publish({ everything = false, stored = true } = {}): MetricBatch[] {
    return [...book.messages(watch.metrics(), everything)].map((message) => {
      if (stored) message.stored()
      const { batch, faults } = parseMetricMessage(JSON.parse(message.json))
      expect(faults).toEqual([])
      if (!batch) throw new Error('not a batch')
      return batch
    })
  }
  return {
    registry,
    warnings,
    refused,
    publish,
    touches: () => touched,
    samples: (options = {}) => publish(options).flatMap(flatten),
    advance: (ms: number) => {
      now += ms
    },
  }
}

/** `name{labels without ours} value @time` for each sample. */
function flatten(batch: MetricBatch): string[] {
  return batch.samples.map(([index, ...rest]) => {
    const [metric, { service, instance, ...labels }] = batch.series[index] ?? [-1, {}]
    const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
    const time =
      typeof rest.at(-1) === 'number' && rest.length > (Array.isArray(rest[0]) ? 2 : 1)
        ? ` @${rest.pop()}`
        : ''
    expect([service, instance]).toEqual(['shop', 'a:1'])
    return `${batch.metrics[metric]?.name}${text.length > 0 ? `{${text.join(',')}}` : ''} ${JSON.stringify(rest.length === 1 ? rest[0] : rest)}${time}`
  })
}

describe('the series book', () => {
  it('publishes what changed, and nothing twice', () => {
    const { registry, samples } = setUp()
    const jobs = new Counter({ name: 'jobs_total', help: 'h', labelNames: ['kind'], registers: [registry] })
    const depth = new Gauge({ name: 'depth', help: 'h', registers: [registry] })
    jobs.inc({ kind: 'a' })
    jobs.inc({ kind: 'b' }, 2)
    depth.set(7)
    expect(samples()).toEqual([
      'jobs_total{kind="a"} 0 @999999',
      'jobs_total{kind="a"} 1',
      'jobs_total{kind="b"} 0 @999999',
      'jobs_total{kind="b"} 2',
      'depth 7',
    ])
    expect(samples()).toEqual([])
    jobs.inc({ kind: 'b' })
    depth.set(7)
    expect(samples()).toEqual(['jobs_total{kind="b"} 3'])
  })

  it('publishes everything when asked', () => {
    const { registry, samples } = setUp()
    const jobs = new Counter({ name: 'jobs_total', help: 'h', labelNames: ['kind'], registers: [registry] })
    jobs.inc({ kind: 'a' })
    samples()
    expect(samples({ everything: true })).toEqual(['jobs_total{kind="a"} 1'])
  })

  it('notices every way to change a metric, children and timers included', () => {
    const { registry, samples, touches } = setUp()
    const registers = [registry]
    const counter = new Counter({ name: 'c_total', help: 'h', labelNames: ['l'], registers })
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames: ['l'], registers })
    const histogram = new Histogram({
      name: 'h_seconds',
      help: 'h',
      labelNames: ['l'],
      buckets: [1],
      registers,
    })
    const summary = new Summary({
      name: 's_seconds',
      help: 'h',
      labelNames: ['l'],
      percentiles: [0.5],
      registers,
    })
    const children = {
      counter: counter.labels('x'),
      gauge: gauge.labels('x'),
      histogram: histogram.labels('x'),
      summary: summary.labels('x'),
    }
    const endHistogram = children.histogram.startTimer()
    const endGauge = gauge.startTimer({ l: 'x' })
    const endSummary = children.summary.startTimer()
    const changes = [
      () => counter.inc({ l: 'y' }),
      () => children.counter.inc(),
      () => gauge.set({ l: 'y' }, 3),
      () => gauge.dec({ l: 'y' }),
      () => gauge.setToCurrentTime({ l: 'y' }),
      () => children.gauge.inc(4),
      () => histogram.observe({ l: 'y' }, 0.5),
      () => children.histogram.observe(0.5),
      () => histogram.zero({ l: 'z' }),
      () => summary.observe({ l: 'y' }, 0.5),
      () => children.summary.observe(0.5),
      () => endHistogram(),
      () => endGauge(),
      () => endSummary(),
      () => counter.remove('y'),
      () => gauge.reset(),
    ]
    samples()
    for (const change of changes) {
      const before = touches()
      change()
      expect(touches(), change.toString()).toBeGreaterThan(before)
      expect(samples(), change.toString()).not.toEqual([])
    }
  })

  it('gives a counter or histogram that begins under our eyes the zero it began from, until that is stored', () => {
    const { registry, samples, advance } = setUp()
    const errors = new Counter({ name: 'errors_total', help: 'h', labelNames: ['l'], registers: [registry] })
    const seconds = new Histogram({
      name: 'time_seconds',
      help: 'h',
      labelNames: ['l'],
      buckets: [1, Number.POSITIVE_INFINITY],
      registers: [registry],
    })
    errors.inc({ l: 'x' })
    seconds.observe({ l: 'x' }, 0.5)
    seconds.observe({ l: 'x' }, 5)
    const first = ['errors_total{l="x"} 0 @999999', 'errors_total{l="x"} 1']
    const second = ['time_seconds{l="x"} [[0,0],0] @999999', 'time_seconds{l="x"} [[1,2],5.5]']
    expect(samples({ stored: false })).toEqual([...first, ...second])
    advance(1000)
    expect(samples({ everything: true })).toEqual([...first, ...second])
    expect(samples({ everything: true })).toEqual([first[1], second[1]])
  })

  it('invents no zero for totals that are older than we are', () => {
    const existing = new Registry()
    const older = new Counter({ name: 'older_total', help: 'h', labelNames: ['l'], registers: [existing] })
    older.inc({ l: 'x' }, 1000)
    const { registry, samples } = setUp({ existing })
    const received = new Counter({
      name: 'received_total',
      help: 'h',
      labelNames: ['d'],
      registers: [registry],
    })
    setCumulative(received, { d: 'eth0' }, 5000)
    new Counter({
      name: 'collected_total',
      help: 'h',
      registers: [registry],
      collect() {
        this.reset()
        this.inc(77)
      },
    })
    expect(samples()).toEqual([
      'older_total{l="x"} 1000',
      'received_total{d="eth0"} 5000',
      'collected_total 0',
    ])
    setCumulative(received, { d: 'eth0' }, 5001)
    older.inc({ l: 'y' })
    expect(samples()).toEqual([
      'older_total{l="y"} 0 @1000000',
      'older_total{l="y"} 1',
      'received_total{d="eth0"} 5001',
    ])
  })

  it('ends series that were removed, and says so until it is stored', () => {
    const { registry, samples } = setUp()
    const depth = new Gauge({ name: 'depth', help: 'h', labelNames: ['queue'], registers: [registry] })
    const size = new Summary({ name: 'size_bytes', help: 'h', percentiles: [0.5], registers: [registry] })
    depth.set({ queue: 'a' }, 1)
    size.observe(3)
    expect(samples()).toEqual([
      'depth{queue="a"} 1',
      'size_bytes{quantile="0.5"} 3',
      'size_bytes_sum 3',
      'size_bytes_count 1',
    ])
    depth.remove({ queue: 'a' })
    expect(samples({ stored: false })).toEqual(['depth{queue="a"} "stale"'])
    registry.removeSingleMetric('size_bytes')
    const ended = [
      'depth{queue="a"} "stale"',
      'size_bytes{quantile="0.5"} "stale"',
      'size_bytes_sum "stale"',
      'size_bytes_count "stale"',
    ]
    expect(samples({ everything: true })).toEqual(ended)
    expect(samples({ everything: true })).toEqual([])
    depth.set({ queue: 'a' }, 2)
    expect(samples()).toEqual(['depth{queue="a"} 2'])
  })

  it('writes levels that JSON has no number for', () => {
    const { registry, samples } = setUp()
    const level = new Gauge({ name: 'level', help: 'h', registers: [registry] })
    const read = (value: number) => {
      level.set(value)
      return samples()
    }
    expect(read(Number.NaN)).toEqual(['level "NaN"'])
    expect(read(Number.NaN)).toEqual([])
    expect(read(Number.POSITIVE_INFINITY)).toEqual(['level "+Inf"'])
    expect(read(Number.NEGATIVE_INFINITY)).toEqual(['level "-Inf"'])
    expect(read(1e300)).toEqual(['level 1e+300'])
  })

  it('refuses what the contract does not allow with one warning, and publishes the rest', () => {
    const { registry, samples, warnings, refused } = setUp()
    const registers = [registry]
    const reserved = new Gauge({ name: 'reserved', help: 'h', labelNames: ['__x'], registers })
    const long = new Gauge({ name: 'long', help: 'h', labelNames: ['l'], registers })
    const steps = new Histogram({ name: 'steps', help: 'h', buckets: [2, 1], registers })
    for (let i = 0; i < 3; i++) reserved.set({ __x: String(i) }, 1)
    long.set({ l: 'x'.repeat(5000) }, 1)
    long.set({ l: 'fine' }, 1)
    steps.observe(1)
    expect(samples()).toEqual(['long{l="fine"} 1'])
    expect(samples({ everything: true })).toEqual(['long{l="fine"} 1'])
    expect(warnings).toHaveLength(3)
    expect(warnings[0]).toContain("'__x': label names that begin with __ are reserved")
    expect(refused).toHaveLength(5)
  })

  it('keeps labels named as ours when a series has its own', () => {
    const { registry, publish } = setUp()
    new Gauge({ name: 'g', help: 'h', labelNames: ['service'], registers: [registry] }).set(
      { service: 'other' },
      1,
    )
    expect(publish()[0]?.series).toEqual([[0, { service: 'other', instance: 'a:1' }]])
  })

  it('splits a large snapshot into messages, and gives no series two values at one time', () => {
    const { registry, publish } = setUp({ maxSize: 2000 })
    const many = new Gauge({ name: 'many', help: 'h', labelNames: ['i'], registers: [registry] })
    for (let i = 0; i < 500; i++) many.set({ i }, i)
    const batches = [...publish(), ...publish({ everything: true })]
    expect(batches.length).toBeGreaterThan(10)
    expect(batches.reduce((sum, batch) => sum + batch.samples.length, 0)).toBe(1000)
    const times = batches.map((batch) => Date.parse(batch.time))
    expect(new Set(times).size).toBe(times.length)
    expect(new Set(batches.map((batch) => batch.id)).size).toBe(batches.length)
  })

  it('agrees with what prom-client prints, whatever was recorded', async () => {
    const label = fc.constantFrom('a', 'b', 'c')
    const step = fc.record({
      to: fc.constantFrom('counter', 'gauge', 'histogram', 'summary'),
      label,
      value: fc.double({ min: 0, max: 1e6, noNaN: true }),
      publish: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { registry, publish } = setUp()
        const config = { help: 'h', labelNames: ['l'], registers: [registry] }
        const counter = new Counter({ ...config, name: 'c_total' })
        const gauge = new Gauge({ ...config, name: 'g' })
        const histogram = new Histogram({ ...config, name: 'h', buckets: [1, 10, 1000] })
        const summary = new Summary({ ...config, name: 's', percentiles: [0.5, 0.9] })
        const heard = new Map<string, string>()
        const hear = (batches: MetricBatch[]) => {
          for (const batch of batches) for (const [key, value] of expose(batch)) heard.set(key, value)
        }
        for (const { to, label: l, value, publish: now } of steps) {
          if (to === 'counter') counter.inc({ l }, value)
          else if (to === 'gauge') gauge.set({ l }, value)
          else (to === 'histogram' ? histogram : summary).observe({ l }, value)
          if (now) hear(publish())
        }
        hear(publish())
        const text = await registry.metrics()
        const printed = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
        const parsed = printed.map((line) => {
          const [, name = '', labels = '', value = ''] = /^(\w+)\{(.*)\} (.*)$/.exec(line) ?? []
          return [`${name}{${labels.split(',').sort().join(',')}}`, value] as const
        })
        expect(Object.fromEntries(heard)).toEqual(Object.fromEntries(parsed))
      }),
      { numRuns: 60 },
    )
  })
})

/** A batch as the lines that Prometheus' text format has for it, labels sorted, ours left out. */
function* expose(batch: MetricBatch): Generator<readonly [string, string]> {
  for (const [index, ...rest] of batch.samples) {
    const [metricIndex, { service: _, instance: __, ...labels }] = batch.series[index] ?? [0, {}]
    const metric = batch.metrics[metricIndex]
    const key = (suffix: string, le?: string) => {
      const all = { ...labels, ...(le !== undefined && { le }) }
      const text = Object.entries(all).map(([name, value]) => `${name}="${value}"`)
      return `${metric?.name}${suffix}{${text.sort().join(',')}}`
    }
    const [first, sum] = rest
    if (!Array.isArray(first)) yield [key(''), String(first)]
    else {
      const bounds = [...(metric?.buckets ?? []), '+Inf']
      for (const [i, le] of bounds.entries()) yield [key('_bucket', String(le)), String(first[i])]
      yield [key('_sum'), String(sum)]
      yield [key('_count'), String(first.at(-1))]
    }
  }
}
