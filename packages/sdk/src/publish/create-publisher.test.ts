import fc from 'fast-check'
import { Counter, Gauge, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/fake-clock.ts'
import { createModelReader, keyOf } from '../../test/model-reader.ts'
import { noteTracking } from '../../test/tracking.ts'
import { createMetrics } from '../record/create-metrics.ts'
import { createWarner } from '../warn.ts'
import { createPublisher } from './create-publisher.ts'
import { createSeriesBook } from './series-book.ts'
import { watchRegistry } from './watch-registry.ts'

/** What becomes of a message: `unheard` is stored, but its sender is told that it was not. */
type Fate = 'stored' | 'lost' | 'unheard'

function setUp({ attach, maxSize = 1e6 }: { attach?: Registry; maxSize?: number } = {}) {
  const clock = createFakeClock()
  const start = clock.now()
  const sent: { at: number; values: string[] }[] = []
  const outcomes: string[] = []
  const warnings: string[] = []
  const warn = createWarner((message) => warnings.push(message))
  const registry = new Registry()
  const quietRegistry = new Registry()
  const batches = new Counter({ name: 'batches_total', help: 'h', registers: [quietRegistry] })
  const { tracking } = noteTracking({ now: clock.now, touch: () => publisher.touch() })
  const reader = createModelReader()
  let connected = true
  let fate = (): Fate => 'stored'
  let id = 0
  const publisher = createPublisher({
    watches: [watchRegistry(registry, tracking.touch)],
    attached: attach ? [watchRegistry(attach, () => publisher.touch())] : [],
    quiet: [watchRegistry(quietRegistry, () => {})],
    book: createSeriesBook({
      admission: { warn, refuse: () => {} },
      labels: { service: 's', instance: 'i' },
      source: 's',
      publisher: 'run',
      now: clock.now,
      nextId: () => String(id++),
      maxSeries: 10_000,
      maxSize: () => maxSize,
    }),
    isConnected: () => connected,
    async send(json) {
      const becomes = fate()
      if (becomes !== 'lost') {
        const values = reader.read(json).map((sample) => `${keyOf(sample)} ${sample.value}`)
        sent.push({ at: clock.now() - start, values })
      }
      if (becomes !== 'stored') throw new Error('no stream')
    },
    onBatch(outcome) {
      outcomes.push(outcome)
      batches.inc()
    },
    clock,
    warn,
    intervalMs: 250,
    snapshotIntervalMs: 30_000,
    collectIntervalMs: 5000,
  })
  return {
    clock,
    registry,
    metrics: createMetrics(registry, tracking),
    publisher,
    reader,
    sent,
    outcomes,
    warnings,
    connect(up: boolean) {
      connected = up
      if (up) publisher.announce()
    },
    fail(now: boolean) {
      fate = () => (now ? 'lost' : 'stored')
    },
    decide(next: () => Fate) {
      fate = next
    },
  }
}

describe('the publisher', () => {
  it('sends the first change at once, later ones at the interval, and everything every 30 s', async () => {
    const { clock, registry, sent } = setUp()
    const depth = new Gauge({ name: 'depth', help: 'h', registers: [registry] })
    await clock.advance(0)
    expect(sent).toEqual([{ at: 0, values: ['depth 0', 'batches_total 0'] }])
    await clock.advance(1000)
    for (let i = 1; i <= 300; i++) {
      depth.set(i)
      await clock.advance(1)
    }
    await clock.advance(1000)
    expect(sent.slice(1)).toEqual([
      { at: 1000, values: ['depth 1'] },
      { at: 1250, values: ['depth 250'] },
      { at: 1500, values: ['depth 300'] },
    ])
    await clock.advance(60_000)
    expect(sent.slice(4)).toEqual([
      { at: 30_000, values: ['depth 300', 'batches_total 4'] },
      { at: 60_000, values: ['depth 300', 'batches_total 5'] },
    ])
  })

  it('keeps quiet while nothing changes, and never ends what it only says now and then', async () => {
    const { clock, registry, sent } = setUp()
    const depth = new Gauge({ name: 'depth', help: 'h', registers: [registry] })
    await clock.advance(20_000)
    depth.set(1)
    await clock.advance(20_000)
    expect(sent.map(({ at }) => at)).toEqual([0, 20_000, 30_000])
    expect(sent.flatMap(({ values }) => values).filter((value) => value.includes('stale'))).toEqual([])
  })

  it('holds only the latest state while NATS is away, and sends it when it comes', async () => {
    const { clock, registry, sent, connect } = setUp()
    connect(false)
    const hits = new Counter({ name: 'hits_total', help: 'h', labelNames: ['l'], registers: [registry] })
    for (let i = 0; i < 100; i++) {
      hits.inc({ l: 'x' })
      await clock.advance(1000)
    }
    expect(sent).toEqual([])
    connect(true)
    await clock.advance(0)
    expect(sent.at(-1)?.values).toEqual(['hits_total{l="x"} 100', 'batches_total 0'])
  })

  it('sends everything again, later and later, when it could not be stored', async () => {
    const { clock, registry, sent, outcomes, warnings, fail } = setUp()
    const depth = new Gauge({ name: 'depth', help: 'h', registers: [registry] })
    fail(true)
    depth.set(1)
    await clock.advance(20_000)
    expect(outcomes.length).toBeLessThan(10)
    expect(new Set(outcomes)).toEqual(new Set(['failed']))
    expect(warnings).toHaveLength(1)
    fail(false)
    await clock.advance(5000)
    expect(sent[0]?.values).toEqual(['depth 1', expect.stringMatching(/^batches_total \d$/)])
  })

  it('collects metrics that want to be asked, every 5 s, and says once which of them fail', async () => {
    const { clock, registry, sent, warnings } = setUp()
    let asked = 0
    new Gauge({
      name: 'asked',
      help: 'h',
      registers: [registry],
      collect() {
        this.set(++asked)
      },
    })
    new Gauge({
      name: 'broken',
      help: 'h',
      registers: [registry],
      collect() {
        throw new Error('no such device')
      },
    })
    let hanging = 0
    new Gauge({
      name: 'hangs',
      help: 'h',
      registers: [registry],
      collect: () => {
        hanging++
        return new Promise(() => {})
      },
    })
    await clock.advance(12_000)
    expect(sent.flatMap(({ values }) => values).filter((value) => value.startsWith('asked'))).toEqual([
      'asked 0',
      'asked 1',
      'asked 2',
    ])
    expect(warnings).toEqual(["collecting 'broken' failed: no such device"])
    expect(hanging).toBe(1)
  })

  it('publishes a metric that two registries have from ours only', async () => {
    const attach = new Registry()
    new Gauge({ name: 'both', help: 'h', registers: [attach] }).set(1)
    const { clock, registry, sent, warnings } = setUp({ attach })
    new Gauge({ name: 'both', help: 'h', registers: [registry] }).set(2)
    await clock.advance(2000)
    expect(sent.map(({ values }) => values)).toEqual([['both 2', 'batches_total 0']])
    expect(warnings).toHaveLength(1)
  })

  it('does no more once it is stopped', async () => {
    const { clock, metrics, sent, publisher } = setUp()
    const depth = metrics.gauge({ name: 'depth', help: 'h' })
    await clock.advance(1000)
    publisher.stop()
    depth.set(1)
    await clock.advance(100_000)
    expect(sent).toHaveLength(1)
    expect(clock.waiting).toBe(0)
  })

  it('flushes what changed, and nothing else', async () => {
    const { clock, metrics, sent, publisher } = setUp()
    const depth = metrics.gauge({ name: 'depth', help: 'h' })
    metrics.gauge({ name: 'width', help: 'h' })
    await clock.advance(1000)
    depth.set(1)
    await Promise.all([publisher.flush(), clock.advance(0)])
    expect(sent.at(-1)?.values).toEqual(['depth 1'])
  })

  it('leaves a reader with what the registry says, whatever messages fail or are lost', async () => {
    const fate = fc.constantFrom<Fate>('stored', 'stored', 'stored', 'lost', 'unheard')
    const step = fc.record({
      to: fc.constantFrom(
        'counter',
        'gauge',
        'histogram',
        'summary',
        'plain',
        'remove',
        'reset',
        'reconnect',
      ),
      label: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.double({ min: 0, max: 1e6, noNaN: true }),
      wait: fc.constantFrom(0, 1, 100, 250, 40_000),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.array(fate, { maxLength: 30 }),
        fc.constantFrom(300, 1e6),
        async (steps, fates, maxSize) => {
          const { clock, registry, metrics, reader, decide, connect } = setUp({ maxSize })
          decide(() => fates.shift() ?? 'stored')
          const config = { help: 'h', labelNames: ['l'] as const }
          const counter = metrics.counter({ ...config, name: 'c_total' })
          const gauge = metrics.gauge({ ...config, name: 'g' })
          const histogram = metrics.histogram({ ...config, name: 'h', buckets: [1, 10, 1000] })
          const summary = metrics.summary({ ...config, name: 's', percentiles: [0.5, 0.9] })
          const plain = new Counter({ ...config, name: 'p_total', registers: [registry] })
          for (const { to, label: l, value, wait } of steps) {
            if (to === 'counter') counter.inc({ l }, value)
            else if (to === 'gauge') gauge.set({ l }, value)
            else if (to === 'histogram') histogram.observe({ l }, value)
            else if (to === 'summary') summary.observe({ l }, value)
            else if (to === 'plain') plain.inc({ l }, value)
            else if (to === 'remove') for (const metric of [counter, gauge, plain]) metric.remove({ l })
            else if (to === 'reset') histogram.reset()
            else connect(true)
            await clock.advance(wait)
          }
          decide(() => 'stored')
          await clock.advance(10_000)
          expect(printed(reader.last)).toEqual(await printedBy(registry))
        },
      ),
      { numRuns: 150 },
    )
  })
})

/** What a reader knows, as Prometheus' text format has it; without what the publisher says of itself. */
function printed(last: ReturnType<typeof createModelReader>['last']): Record<string, string> {
  const lines: [string, string][] = []
  for (const [key, value] of last) {
    if (key === 'batches_total') continue
    if (!Array.isArray(value)) lines.push([sorted(key), String(value)])
    else {
      const [name, labels] = key.replace('}', '').split('{')
      const bounds = [1, 10, 1000, '+Inf']
      for (const [i, le] of bounds.entries())
        lines.push([sorted(`${name}_bucket{${labels},le="${le}"}`), String(value[i])])
      lines.push([sorted(`${name}_sum{${labels}}`), String(value.at(-1))])
      lines.push([sorted(`${name}_count{${labels}}`), String(value.at(-2))])
    }
  }
  return Object.fromEntries(lines)
}

async function printedBy(registry: Registry): Promise<Record<string, string>> {
  const text = await registry.metrics()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const [key = '', value = ''] = line.split(' ')
      return [sorted(key), value]
    }),
  )
}

function sorted(key: string): string {
  const [name, labels] = key.replace('}', '').split('{')
  return labels === undefined ? key : `${name}{${labels.split(',').sort().join(',')}}`
}
