import type { MetricEvent } from '@tocsin/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHead, restoreHead } from '../head.ts'
import { createIngester } from './ingester.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const MINUTE = 60_000

function setUp() {
  const head = createHead()
  const ingester = createIngester(head)
  let sequence = 0
  return {
    head,
    ingester,
    /** Ingests one event as the message of `afterMs`, and tells why it was refused. */
    send(event: MetricEvent, afterMs = 0, id = `METRICS:${++sequence}`) {
      return ingester.ingest({ id, ...event }, { receivedAtMs: START + afterMs, source: 'shop' }).refused[0]
    },
    points(labels: Record<string, string>): [number, number][] {
      const series = head.find(labels)
      const samples = series && head.read(series, -Infinity, Infinity)
      return [...(samples?.timestamps ?? [])].map((time, i) => [
        time - START,
        samples?.values[i] ?? Number.NaN,
      ])
    },
  }
}

const at = (afterMs: number) => new Date(START + afterMs).toISOString()

describe('counters by hand', () => {
  test('are added up, with a 0 just before the first', () => {
    const { send, points } = setUp()
    send({ name: 'orders_total', type: 'counter', value: 2 }, 1_000)
    send({ name: 'orders_total', type: 'counter', value: 3 }, 2_000)
    expect(points({ __name__: 'orders_total' })).toEqual([
      [999, 0],
      [1_000, 2],
      [2_000, 5],
    ])
  })

  test('count in the same millisecond, late, and by clocks that run ahead, and the sum never falls', () => {
    const { send, points } = setUp()
    const add = (afterMs: number, time?: string) =>
      send({ name: 'c', type: 'counter', value: 1, ...(time && { time }) }, afterMs)
    add(1_000)
    add(1_000)
    add(5_000, at(3 * MINUTE))
    add(6_000, at(500))
    add(7_000)
    expect(points({ __name__: 'c' })).toEqual([
      [999, 0],
      [1_000, 2],
      [5_000, 4],
      [7_000, 5],
    ])
  })

  test('go on from where they were after a restart', async () => {
    const { head, ingester, send } = setUp()
    send({ name: 'c', type: 'counter', value: 7 }, 0, 'first')
    const restored = await restoreHead(head.snapshot(1, ingester.dump()))
    const again = createIngester(restored.head, { restoreFrom: restored.callerState })
    const context = { receivedAtMs: START + 1_000, source: 'shop' }
    expect(again.ingest({ id: 'first', name: 'c', type: 'counter', value: 7 }, context)).toEqual({
      accepted: 0,
      duplicates: 1,
      undescribed: 0,
      refused: [],
    })
    again.ingest({ name: 'c', type: 'counter', value: 1 }, context)
    expect(restored.head.find({ __name__: 'c' })?.lastValue).toBe(8)
  })

  test('sum up to the same whatever is delivered twice', () => {
    const deliveries = fc.array(fc.record({ id: fc.nat(40), again: fc.boolean() }), {
      maxLength: 80,
      size: 'max',
    })
    const property = fc.property(deliveries, (list) => {
      const { send, head } = setUp()
      const counted = new Set<number>()
      for (const [i, { id, again }] of list.entries()) {
        counted.add(id)
        for (let n = again ? 2 : 1; n > 0; n--)
          send({ id: `e${id}`, name: 'c', type: 'counter', value: id }, i * 10)
      }
      const sum = [...counted].reduce((total, id) => total + id, 0)
      expect(head.find({ __name__: 'c' })?.lastValue ?? 0).toBe(sum)
    })
    fc.assert(property, { numRuns: 100 })
  })
})

describe('gauges', () => {
  test('are set at the time they say, late ones in their place', () => {
    const { send, points } = setUp()
    send({ name: 'g', type: 'gauge', value: 1, time: at(2_000) }, 2_010)
    send({ name: 'g', type: 'gauge', value: 2, time: at(1_000) }, 2_020)
    send({ name: 'g', type: 'gauge', value: 3 }, 2_030)
    expect(points({ __name__: 'g' })).toEqual([
      [1_000, 2],
      [2_000, 1],
      [2_030, 3],
    ])
  })

  test('are refused when too old or too far ahead', () => {
    const { send, head } = setUp()
    expect(send({ name: 'g', type: 'gauge', value: 1, time: at(-31 * MINUTE) })).toMatchObject({
      reason: 'too_old',
    })
    expect(send({ name: 'g', type: 'gauge', value: 1, time: at(11 * MINUTE) })).toMatchObject({
      reason: 'too_far_in_future',
    })
    expect(send({ name: 'g', type: 'gauge', value: 1, time: at(9 * MINUTE) })).toBeUndefined()
    expect(head.stats().appended).toBe(1)
  })
})

describe('observations', () => {
  test('are counted into the default buckets, sum and count', () => {
    const { send, head, points } = setUp()
    send({ name: 'h', type: 'histogram', value: 0.3, labels: { route: '/' } }, 1_000)
    send({ name: 'h', type: 'histogram', value: 99, labels: { route: '/' } }, 2_000)
    expect(points({ __name__: 'h_bucket', route: '/', le: '0.25' })).toEqual([
      [999, 0],
      [1_000, 0],
      [2_000, 0],
    ])
    expect(points({ __name__: 'h_bucket', route: '/', le: '0.5' })).toEqual([
      [999, 0],
      [1_000, 1],
      [2_000, 1],
    ])
    expect(points({ __name__: 'h_bucket', route: '/', le: '+Inf' })).toEqual([
      [999, 0],
      [1_000, 1],
      [2_000, 2],
    ])
    expect(points({ __name__: 'h_sum', route: '/' })).toEqual([
      [999, 0],
      [1_000, 0.3],
      [2_000, 99.3],
    ])
    expect(points({ __name__: 'h_count', route: '/' })).toEqual([
      [999, 0],
      [1_000, 1],
      [2_000, 2],
    ])
    expect(head.stats().series).toBe(14)
  })

  test('keep the buckets of the first event, also after a restart, and name who differs', async () => {
    const { send, head } = setUp()
    send({ name: 'h', type: 'histogram', value: 3, buckets: [1, 10] })
    const restored = await restoreHead(head.snapshot(1))
    const again = createIngester(restored.head)
    again.ingest(
      { name: 'h', type: 'histogram', value: 3, buckets: [2, 20] },
      { receivedAtMs: START + 1_000, source: 'shop' },
    )
    expect(restored.head.labelValues('le')).toEqual(['+Inf', '1', '10'])
    expect(restored.head.find({ __name__: 'h_bucket', le: '10' })?.lastValue).toBe(2)
    expect(restored.head.metadata.conflicts()).toMatchObject([
      { metric: 'h', field: 'buckets', known: '1 10', offered: '2 20' },
    ])
  })

  test('may not carry the label of buckets', () => {
    const { send } = setUp()
    expect(send({ name: 'h', type: 'histogram', value: 1, labels: { le: '5' } })).toMatchObject({
      reason: 'reserved_label',
    })
  })

  test('are begun anew once retention dropped their series', () => {
    const head = createHead({ retentionMs: 1_000 })
    const ingester = createIngester(head)
    const send = (receivedAtMs: number) =>
      ingester.ingest({ name: 'h', type: 'histogram', value: 1 }, { receivedAtMs, source: 's' })
    send(START)
    ingester.ingest({ name: 'g', type: 'gauge', value: 1 }, { receivedAtMs: START + 5_000, source: 's' })
    head.maintain(START + 5_000)
    expect(head.stats().series).toBe(1)
    send(START + 6_000)
    expect(head.stats().series).toBe(15)
    expect(head.find({ __name__: 'h_count' })?.lastValue).toBe(1)
  })
})

describe('batches', () => {
  const batch = {
    v: 1 as const,
    id: 'b1',
    time: at(0),
    source: 'shop-1',
    metrics: [
      { name: 'requests_total', type: 'counter' as const, help: 'Requests' },
      { name: 'latency', type: 'histogram' as const, buckets: [0.1, 1], unit: 'seconds' },
      { name: 'level', type: 'gauge' as const },
    ],
    series: [
      [0, { route: '/' }],
      [1, {}],
      [2, { kind: 'a' }],
      [2, { kind: 'b' }],
    ] as [number, Record<string, string>][],
  }
  const context = { receivedAtMs: START + 50, source: 'shop' }

  test('are written as they are, since they are cumulative, with the batch time where a sample has none', () => {
    const { ingester, points, head, send } = setUp()
    send({ name: 'level', type: 'gauge', labels: { kind: 'b' }, value: 1 }, -1)
    const changed: string[] = []
    head.watchSamples(({ name }) => changed.push(name))
    const ingested = ingester.ingest(
      {
        ...batch,
        samples: [
          [0, 41],
          [1, [1, 3, 4], 7.5, START + 20],
          [2, '+Inf', START + 30],
          [3, 'stale'],
        ],
      },
      context,
    )
    expect(ingested).toEqual({ accepted: 4, duplicates: 0, undescribed: 0, refused: [] })
    expect(changed).toEqual([
      'requests_total',
      'latency_bucket',
      'latency_bucket',
      'latency_bucket',
      'latency_sum',
      'latency_count',
      'level',
      'level',
    ])
    expect(points({ __name__: 'requests_total', route: '/' })).toEqual([[0, 41]])
    expect(points({ __name__: 'latency_bucket', le: '1' })).toEqual([[20, 3]])
    expect(points({ __name__: 'latency_count' })).toEqual([[20, 4]])
    expect(points({ __name__: 'level', kind: 'a' })).toEqual([[30, Infinity]])
    expect(head.find({ __name__: 'level', kind: 'b' })?.lastIsStale).toBe(true)
    expect(head.metadata.get('latency')).toEqual({ type: 'histogram', help: '', unit: 'seconds' })
  })

  test('do no harm when they come twice, and change nothing then', () => {
    const { ingester, head } = setUp()
    const message = {
      ...batch,
      samples: [
        [0, 41],
        [1, [1, 3, 4], 7.5],
      ] as [[number, number], [number, number[], number]],
    }
    ingester.ingest(message, context)
    const { appended } = head.stats()
    head.watchSamples(({ name }) => expect.unreachable(name))
    expect(ingester.ingest(message, context)).toEqual({
      accepted: 2,
      duplicates: 0,
      undescribed: 0,
      refused: [],
    })
    expect(head.stats()).toMatchObject({ appended, inserted: 0, replaced: 0 })
  })

  test('lose only the samples that are refused', () => {
    const head = createHead({ maxSeriesPerMetric: 1 })
    head.metadata.declare('requests_total', { type: 'gauge' })
    const { accepted, refused } = createIngester(head).ingest(
      {
        ...batch,
        samples: [
          [0, 1],
          [1, [1, 1, 1], 1],
          [2, 5],
          [3, 5],
          [2, 6, START - 60 * MINUTE],
        ],
      },
      context,
    )
    expect(accepted).toBe(1)
    expect(refused.map(({ index, reason }) => [index, reason])).toEqual([
      [0, 'type_conflict'],
      [1, 'series_limit_metric'],
      [3, 'series_limit_metric'],
      [4, 'too_old'],
    ])
    expect(head.labelValues('__name__', { selectors: [[]] })).toEqual(['level'])
  })
})

describe('events of one message', () => {
  test('are decided each by itself', () => {
    const { ingester, head } = setUp()
    const events: MetricEvent[] = [
      { name: 'c', type: 'counter', value: 1, id: 'a' },
      { name: 'c', type: 'gauge', value: 1 },
      { name: 'c', type: 'counter', value: 1, id: 'b' },
    ]
    const context = { receivedAtMs: START, source: 'shop' }
    const conflict = { index: 1, reason: 'type_conflict' }
    const first = { accepted: 2, duplicates: 0, refused: [conflict] }
    expect(ingester.ingest(events, context)).toMatchObject(first)
    const again = { accepted: 0, duplicates: 2, refused: [conflict] }
    expect(ingester.ingest(events, context)).toMatchObject(again)
    expect(head.find({ __name__: 'c' })?.lastValue).toBe(2)
  })

  test('name the metric and both types when they conflict', () => {
    const { send } = setUp()
    send({ name: 'h', type: 'histogram', value: 1 })
    expect(send({ name: 'h_count', type: 'counter', value: 1 })).toMatchObject({
      reason: 'type_conflict',
      detail: expect.stringContaining('metric h_count is published as histogram h and as counter'),
    })
  })
})

test('samples of batches go to the series they name, wherever in the batch and whoever published it', () => {
  const label = fc.record(
    { a: fc.constantFrom('', '1', '2'), constructor: fc.constantFrom('1', '2') },
    { requiredKeys: [] },
  )
  const series = fc.tuple(fc.nat(1), label)
  const batch = fc.record({ source: fc.constantFrom('s', 't'), series: fc.array(series, { maxLength: 4 }) })
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
      const head = createHead()
      const ingester = createIngester(head)
      batches.forEach(({ source, series: described }, i) => {
        const receivedAtMs = START + i
        ingester.ingest(
          {
            ...{ v: 1, id: `${i}`, time: new Date(receivedAtMs).toISOString(), source },
            metrics: ['m', 'n'].map((name) => ({ name, type: 'gauge' as const })),
            series: described as [number, Record<string, string>][],
            samples: described.map((_, place): [number, number] => [place, i * 10 + place]),
          },
          { receivedAtMs, source },
        )
        described.forEach(([metric, labels], place) => {
          const later = described.findLastIndex(([m, l]) => m === metric && key(l) === key(labels))
          const found = head.find({ ...labels, __name__: metric === 0 ? 'm' : 'n' })
          if (later === place) expect(found?.lastValue).toBe(i * 10 + place)
        })
      })
    }),
    { numRuns: 300 },
  )
})

/** Empty values are no labels. */
const key = (labels: Readonly<Record<string, string>>) =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(),
  )
