import { type MetricBatch, parseMetricMessage } from '@tocsin/contract'
import { Counter, Gauge, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/fake-clock.ts'
import { createWarner } from '../warn.ts'
import { createPublisher } from './create-publisher.ts'
import { createSeriesBook } from './series-book.ts'
import { watchRegistry } from './watch-registry.ts'

function setUp({ resumed = false, attach }: { resumed?: boolean; attach?: Registry } = {}) {
  const clock = createFakeClock()
  const start = clock.now()
  const sent: { at: number; values: string[] }[] = []
  const outcomes: string[] = []
  const warnings: string[] = []
  const warn = createWarner((message) => warnings.push(message))
  const registry = new Registry()
  const quietRegistry = new Registry()
  const batches = new Counter({ name: 'batches_total', help: 'h', registers: [quietRegistry] })
  let connected = true
  let failing = false
  let id = 0
  const publisher = createPublisher({
    watches: [watchRegistry(registry, () => publisher.touch())],
    attached: attach ? [watchRegistry(attach, () => publisher.touch())] : [],
    quiet: [watchRegistry(quietRegistry, () => {}, true)],
    book: createSeriesBook({
      admission: { warn, refuse: () => {}, labels: { service: 's', instance: 'i' } },
      source: 's',
      now: clock.now,
      nextId: () => String(id++),
      resumed,
      maxSize: () => 1e6,
    }),
    isConnected: () => connected,
    async send(json) {
      if (failing) throw new Error('no stream')
      const { batch } = parseMetricMessage(JSON.parse(json))
      if (batch) sent.push({ at: clock.now() - start, values: [...valuesOf(batch)] })
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
    publisher,
    sent,
    outcomes,
    warnings,
    connect(up: boolean) {
      connected = up
      if (up) publisher.announce()
    },
    fail(now: boolean) {
      failing = now
    },
  }
}

function* valuesOf({ samples, series, metrics }: MetricBatch): Generator<string> {
  for (const [index, value] of samples) yield `${metrics[series[index]?.[0] ?? -1]?.name} ${value}`
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
    expect(sent.at(-1)?.values).toEqual(['hits_total 0', 'hits_total 100', 'batches_total 0'])
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

  it('invents no new beginning for what an earlier session published', async () => {
    const { clock, registry, sent, publisher } = setUp({ resumed: true })
    const hits = new Counter({ name: 'hits_total', help: 'h', labelNames: ['l'], registers: [registry] })
    hits.inc({ l: 'old' }, 5)
    await clock.advance(0)
    hits.inc({ l: 'new' })
    await clock.advance(1000)
    expect(sent.map(({ values }) => values)).toEqual([
      ['hits_total 5', 'batches_total 0'],
      ['hits_total 0', 'hits_total 1'],
    ])
    publisher.stop()
    await clock.advance(100_000)
    expect(sent).toHaveLength(2)
    expect(clock.waiting).toBe(0)
  })
})
