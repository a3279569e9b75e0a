import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createModelReader, keyOf, type ReadSample } from '../../test/model-reader.ts'
import { noteTracking } from '../../test/tracking.ts'
import { createMetrics } from '../record/create-metrics.ts'
import { setCumulative } from '../record/set-cumulative.ts'
import { createWarner } from '../warn.ts'
import { createSeriesBook } from './series-book.ts'
import { watchRegistry } from './watch-registry.ts'

const START = 1_000_000

/** Makes metrics with prom-client itself, as an application with a registry of its own does. */
function plainMetrics(registry: Registry) {
  const registers = [registry]
  return {
    counter: (config: object) => new Counter({ ...config, registers } as never),
    gauge: (config: object) => new Gauge({ ...config, registers } as never),
    histogram: (config: object) => new Histogram({ ...config, registers } as never),
    summary: (config: object) => new Summary({ ...config, registers } as never),
  }
}

interface Options {
  readonly followed?: boolean
  readonly existing?: Registry
  readonly maxSize?: number
  readonly maxSeries?: number
}

function setUp({ followed = true, existing, maxSize = 1e9, maxSeries = 10_000 }: Options = {}) {
  let now = START
  let id = 0
  const warnings: string[] = []
  const refused: string[] = []
  const registry = existing ?? new Registry()
  const { tracking, touches } = noteTracking({ now: () => now, maxSeries })
  const watch = watchRegistry(registry, tracking.touch)
  const book = createSeriesBook({
    admission: {
      warn: createWarner((message) => warnings.push(message)),
      refuse: (reason, count = 1) => refused.push(...Array<string>(count).fill(reason)),
    },
    labels: { service: 'shop', instance: 'a:1' },
    source: 'shop',
    publisher: 'run',
    now: () => now,
    nextId: () => String(id++),
    maxSeries,
    maxSize: () => maxSize,
  })
  const reader = createModelReader()

  /** Everything published now, read by a reader that misses nothing. */
  function read({ everything = false, stored = true } = {}): ReadSample[] {
    return [...book.messages(watch.families(), everything)].flatMap((message) => {
      if (stored) message.stored()
      return reader.read(message.json)
    })
  }
  return {
    registry,
    warnings,
    refused,
    reader,
    read,
    touches,
    metrics: followed ? createMetrics(registry, tracking) : plainMetrics(registry),
    samples: (options = {}) =>
      read(options).map((sample) => `${keyOf(sample)} ${JSON.stringify(sample.value)}`),
    advance(ms: number) {
      now += ms
    },
  }
}

describe.each([
  ['followed series by series', true],
  ['compared', false],
])('the series book, with metrics that are %s', (_, followed) => {
  it('publishes what changed, and nothing twice', () => {
    const { metrics, samples } = setUp({ followed })
    const jobs = metrics.counter({ name: 'jobs_total', help: 'h', labelNames: ['kind'] })
    const depth = metrics.gauge({ name: 'depth', help: 'h' })
    jobs.inc({ kind: 'a' })
    jobs.inc({ kind: 'b' }, 2)
    depth.set(7)
    expect(samples()).toEqual(['jobs_total{kind="a"} 1', 'jobs_total{kind="b"} 2', 'depth 7'])
    expect(samples()).toEqual([])
    jobs.inc({ kind: 'b' })
    depth.set(7)
    expect(samples()).toEqual(['jobs_total{kind="b"} 3'])
  })

  it('describes a metric and a series once in an edition, and everything again in the next', () => {
    const { metrics, samples, reader } = setUp({ followed })
    const jobs = metrics.counter({ name: 'jobs_total', help: 'h', labelNames: ['kind'] })
    jobs.inc({ kind: 'a' })
    samples()
    jobs.inc({ kind: 'a' })
    jobs.inc({ kind: 'b' })
    samples()
    expect(samples({ everything: true })).toEqual(['jobs_total{kind="a"} 2', 'jobs_total{kind="b"} 1'])
    const [first, second, third] = reader.batches
    expect(second?.metrics).toEqual([])
    expect(second?.series).toEqual([[0, { service: 'shop', instance: 'a:1', kind: 'b' }]])
    expect(second?.samples).toEqual([
      [0, 2],
      [1, 1],
    ])
    expect(second?.dictionary).toEqual({ ...first?.dictionary, metrics: 1, series: 1 })
    expect(third?.dictionary).toMatchObject({ publisher: 'run', metrics: 0, series: 0 })
    expect(third?.dictionary?.edition).toBeGreaterThan(second?.dictionary?.edition ?? 0)
    expect(third?.series).toHaveLength(2)
  })

  it('notices every way to change a metric, children and timers included', () => {
    const { metrics, samples, touches } = setUp({ followed })
    const labelNames = ['l']
    const counter = metrics.counter({ name: 'c_total', help: 'h', labelNames })
    const gauge = metrics.gauge({ name: 'g', help: 'h', labelNames })
    const histogram = metrics.histogram({ name: 'h_seconds', help: 'h', labelNames, buckets: [1] })
    const summary = metrics.summary({ name: 's_seconds', help: 'h', labelNames, percentiles: [0.5] })
    const children = {
      counter: counter.labels('x'),
      gauge: gauge.labels('x'),
      histogram: histogram.labels('x'),
      summary: summary.labels('x'),
    }
    const endHistogram = children.histogram.startTimer()
    const endGauge = gauge.startTimer({ l: 'x' })
    const endChild = children.gauge.startTimer()
    const endSummary = children.summary.startTimer()
    const changes = [
      () => counter.inc({ l: 'y' }),
      () => children.counter.inc(),
      () => gauge.set({ l: 'y' }, 3),
      () => gauge.dec({ l: 'y' }),
      () => gauge.setToCurrentTime({ l: 'y' }),
      () => children.gauge.inc(4),
      () => children.gauge.dec(),
      () => children.gauge.setToCurrentTime(),
      () => histogram.observe({ l: 'y' }, 0.5),
      () => children.histogram.observe(0.5),
      () => histogram.zero({ l: 'z' }),
      () => summary.observe({ l: 'y' }, 0.5),
      () => children.summary.observe(0.5),
      () => endHistogram(),
      () => endGauge(),
      () => endChild(),
      () => endSummary(),
      () => counter.remove('y'),
      () => gauge.reset(),
      () => histogram.reset(),
    ]
    samples()
    for (const change of changes) {
      const before = touches()
      change()
      expect(touches(), change.toString()).toBeGreaterThan(before)
      expect(samples(), change.toString()).not.toEqual([])
    }
  })

  it('says when a counter or histogram began under our eyes, once in each edition', () => {
    const { metrics, samples, reader, advance } = setUp({ followed })
    const errors = metrics.counter({ name: 'errors_total', help: 'h', labelNames: ['l'] })
    const seconds = metrics.histogram({ name: 'time_seconds', help: 'h', buckets: [1, Infinity] })
    metrics.gauge({ name: 'depth', help: 'h' }).set(1)
    errors.inc({ l: 'x' })
    seconds.observe(0.5)
    seconds.observe(5)
    samples({ stored: false })
    advance(1000)
    samples({ everything: true })
    errors.inc({ l: 'x' })
    expect(samples()).toEqual(['errors_total{l="x"} 2'])
    expect(reader.last.get('time_seconds')).toEqual([1, 2, 5.5])
    const [first, second, third] = reader.batches
    expect(first?.created).toEqual([
      [0, START - 1],
      [1, START - 1],
    ])
    // Known by now to have begun before the message that is written later.
    expect(second?.created?.map(([place, at]) => [place, at <= START])).toEqual([
      [0, true],
      [1, true],
    ])
    expect(third?.created).toBeUndefined()
  })

  it('invents no beginning for totals that are older than we are', () => {
    const existing = new Registry()
    const older = new Counter({ name: 'older_total', help: 'h', labelNames: ['l'], registers: [existing] })
    older.inc({ l: 'x' }, 1000)
    const { metrics, samples, reader } = setUp({ followed, existing })
    const received = metrics.counter({ name: 'received_total', help: 'h', labelNames: ['d'] })
    setCumulative(received, { d: 'eth0' }, 5000)
    metrics.counter({
      name: 'collected_total',
      help: 'h',
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
    expect(samples()).toEqual(
      ['older_total{l="x"} 1000', 'older_total{l="y"} 1', 'received_total{d="eth0"} 5001'].slice(1),
    )
    expect([...reader.created]).toEqual([['older_total{l="y"}', START]])
  })

  it('ends series that were removed, and says so until it is stored', () => {
    const { registry, metrics, samples } = setUp({ followed })
    const depth = metrics.gauge({ name: 'depth', help: 'h', labelNames: ['queue'] })
    const seconds = metrics.histogram({ name: 'time_seconds', help: 'h', labelNames: ['l'], buckets: [1] })
    const size = metrics.summary({ name: 'size_bytes', help: 'h', percentiles: [0.5] })
    depth.set({ queue: 'a' }, 1)
    seconds.observe({ l: 'x' }, 0.5)
    size.observe(3)
    expect(samples()).toEqual([
      'depth{queue="a"} 1',
      'time_seconds{l="x"} [1,1,0.5]',
      'size_bytes{quantile="0.5"} 3',
      'size_bytes_sum 3',
      'size_bytes_count 1',
    ])
    depth.remove({ queue: 'a' })
    seconds.remove({ l: 'x' })
    expect(samples({ stored: false })).toEqual(['depth{queue="a"} "stale"', 'time_seconds{l="x"} "stale"'])
    registry.removeSingleMetric('size_bytes')
    const ended = [
      'depth{queue="a"} "stale"',
      'time_seconds{l="x"} "stale"',
      'size_bytes{quantile="0.5"} "stale"',
      'size_bytes_sum "stale"',
      'size_bytes_count "stale"',
    ]
    expect(samples({ everything: true })).toEqual(ended)
    expect(samples({ everything: true })).toEqual([])
    depth.set({ queue: 'a' }, 2)
    expect(samples()).toEqual(['depth{queue="a"} 2'])
  })

  it('goes on with a series that ends and begins again between two batches', () => {
    const { metrics, samples, reader } = setUp({ followed })
    const depth = metrics.gauge({ name: 'depth', help: 'h', labelNames: ['queue'] })
    depth.set({ queue: 'a' }, 1)
    samples()
    depth.reset()
    depth.set({ queue: 'a' }, 1)
    expect(samples()).toEqual([])
    depth.reset()
    depth.set({ queue: 'a' }, 2)
    expect(samples()).toEqual(['depth{queue="a"} 2'])
    expect(reader.batches.at(-1)?.series).toEqual([])
  })

  it('publishes a metric that is registered again', () => {
    const { registry, metrics, samples } = setUp({ followed })
    const depth = metrics.gauge({ name: 'depth', help: 'h' })
    samples()
    registry.removeSingleMetric('depth')
    expect(samples()).toEqual(['depth "stale"'])
    depth.set(4)
    expect(samples()).toEqual([])
    registry.registerMetric(depth)
    expect(samples()).toEqual(['depth 4'])
  })

  it('writes levels that JSON has no number for', () => {
    const { metrics, samples } = setUp({ followed })
    const level = metrics.gauge({ name: 'level', help: 'h' })
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
    const { metrics, samples, warnings, refused } = setUp({ followed })
    const reserved = metrics.gauge({ name: 'reserved', help: 'h', labelNames: ['__x'] })
    const long = metrics.gauge({ name: 'long', help: 'h', labelNames: ['l'] })
    const steps = metrics.histogram({ name: 'steps', help: 'h', buckets: [2, 1] })
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
    const { metrics, read } = setUp({ followed })
    metrics.gauge({ name: 'g', help: 'h', labelNames: ['service'] }).set({ service: 'other' }, 1)
    expect(read().map(({ labels }) => labels)).toEqual([{ service: 'other', instance: 'a:1' }])
  })

  it('splits a large snapshot into messages, and gives no series two values at one time', () => {
    const { metrics, read, reader } = setUp({ followed, maxSize: 2000 })
    const many = metrics.gauge({ name: 'many', help: 'h', labelNames: ['i'] })
    for (let i = 0; i < 500; i++) many.set({ i }, i)
    expect([...read(), ...read({ everything: true })]).toHaveLength(1000)
    const { batches } = reader
    expect(batches.length).toBeGreaterThan(10)
    const times = batches.map((batch) => Date.parse(batch.time))
    expect(new Set(times).size).toBe(times.length)
    expect(new Set(batches.map((batch) => batch.id)).size).toBe(batches.length)
  })
})

describe('the series book', () => {
  it('writes samples last, without white space, and numbers as JSON has them', () => {
    const { registry, metrics, reader } = setUp()
    metrics.counter({ name: 'jobs_total', help: 'says "samples":[ itself' }).inc(0.1)
    metrics.histogram({ name: 'time_seconds', help: 'h', buckets: [0.5] }).observe(1e-7)
    const watch = watchRegistry(registry, () => {})
    const book = createSeriesBook({
      admission: { warn: () => {}, refuse: () => {} },
      labels: {},
      source: 'shop',
      publisher: 'other',
      now: () => START,
      nextId: () => 'id',
      maxSeries: 10,
      maxSize: () => 1e6,
    })
    const [message] = [...book.messages(watch.families(), true)]
    expect(message?.json).toMatch(/[^\\]"samples":\[\[0,0\.1\],\[1,\[1,1\],1e-7\]\]\}$/)
    reader.read(message?.json ?? '')
    expect(JSON.stringify(JSON.parse(message?.json ?? ''))).toBe(message?.json)
  })

  it('publishes what an OpenMetrics registry keeps as exemplars, each once', () => {
    const existing = new Registry()
    existing.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    const { samples, reader } = setUp({ existing, followed: false })
    const config = { help: 'h', enableExemplars: true, registers: [existing] }
    const seconds = new Histogram({ ...config, name: 'time_seconds', buckets: [1] })
    const hits = new Counter({ ...config, name: 'hits_total' })
    const observe = (value: number, traceId: string) =>
      seconds.observe({ labels: {}, value, exemplarLabels: { trace_id: traceId } })
    observe(0.5, 'aa')
    observe(3, 'bb')
    hits.inc({ labels: {}, value: 1, exemplarLabels: { trace_id: 'x'.repeat(200).slice(0, 120) } })
    samples()
    samples({ everything: true })
    seconds.observe({ labels: {}, value: 0.7 } as never)
    samples()
    expect(reader.exemplars).toEqual([
      'time_seconds 0.5 aa',
      'time_seconds 3 bb',
      `hits_total 1 ${'x'.repeat(120)}`,
    ])
    expect(reader.last.get('time_seconds')).toEqual([2, 3, 4.2])
  })

  it('has room for so many series of a metric that others made, and says so once', () => {
    const { metrics, samples, warnings, refused } = setUp({ followed: false, maxSeries: 3 })
    const many = metrics.gauge({ name: 'many', help: 'h', labelNames: ['i'] })
    for (let i = 0; i < 5; i++) many.set({ i }, i)
    expect(samples()).toHaveLength(3)
    many.set({ i: 9 }, 9)
    expect(samples()).toEqual([])
    expect(warnings).toHaveLength(1)
    expect(refused).toEqual(Array(3).fill('too_many_series'))
    many.remove({ i: 0 })
    expect(samples()).toEqual(['many{i="3"} 3', 'many{i="0"} "stale"'])
  })
})
