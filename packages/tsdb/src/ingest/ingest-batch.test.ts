import type { MetricBatch } from '@tocsin/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHead, type Head, restoreHead } from '../head.ts'
import { createIngester } from './ingester.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const MINUTE = 60_000
const context = { receivedAtMs: START + 50, source: 'shop' }
const envelope = { v: 1 as const, id: 'b1', time: new Date(START).toISOString(), source: 'shop-1' }
type Series = MetricBatch['series']
type Samples = MetricBatch['samples']

function pointsOf(head: Head, labels: Record<string, string>): [number, number][] {
  const series = head.find(labels)
  const samples = series && head.read(series, -Infinity, Infinity)
  return [...(samples?.timestamps ?? [])].map((time, i) => [time - START, samples?.values[i] ?? Number.NaN])
}

/** Every series with its samples, whatever the order of creation. */
function contentOf(head: Head): Record<string, [number, number][]> {
  return Object.fromEntries(
    head.series().map(({ labels }) => [JSON.stringify(labels), pointsOf(head, { ...labels })] as const),
  )
}

describe('what a batch refers to', () => {
  const metrics: MetricBatch['metrics'] = [
    { name: 'requests_total', type: 'counter' },
    { name: 'latency', type: 'histogram', buckets: [0.1, 1] },
  ]
  const refusedOf = (
    samples: Samples,
    series: Series = [
      [0, {}],
      [1, {}],
      [7, {}],
    ],
  ) =>
    createIngester(createHead())
      .ingest({ ...envelope, metrics, series, samples }, context)
      .refused.map(({ index, reason }) => [index, reason])

  test('and does not describe is refused, and so are counts that do not fit, each by itself', () => {
    expect(
      refusedOf([
        [0, 1],
        [9, 1],
        [2, 1],
        [1, 5],
        [1, [1, 2], 3],
        [0, [1, 2, 3], 3],
        [1, [1, 2, 3], 3],
      ]),
    ).toEqual([
      [1, 'unknown_series'],
      [2, 'unknown_series'],
      [3, 'bucket_conflict'],
      [4, 'bucket_conflict'],
      [5, 'bucket_conflict'],
    ])
  })

  test('is named where it is refused, so that it can be published again', () => {
    const head = createHead({ maxSeries: 0 })
    const { refused } = createIngester(head).ingest(
      { ...envelope, metrics, series: [[0, { a: 'b' }]], samples: [[0, 1]] },
      context,
    )
    expect(refused).toMatchObject([
      { reason: 'series_limit_total', series: { metric: metrics[0], labels: { a: 'b' } } },
    ])
  })
})

describe('a dictionary', () => {
  const label = fc.record({ a: fc.constantFrom('1', '2', '3'), b: fc.constantFrom('x', 'y') })
  const described = fc.tuple(fc.nat(2), label)
  const steps = fc.array(
    fc.record({
      publisher: fc.constantFrom('p', 'q'),
      // What is new in this message, and which of all described so far have samples.
      fresh: fc.array(described, { maxLength: 3 }),
      samples: fc.array(fc.nat(20), { maxLength: 5 }),
      restart: fc.boolean(),
      lost: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  const metrics: MetricBatch['metrics'] = [
    { name: 'g', type: 'gauge' },
    { name: 'c_total', type: 'counter' },
    { name: 'h', type: 'histogram', buckets: [1] },
  ]

  /** Publishers as the SDK is one: a message that is lost is followed by a new edition. */
  function* messagesOf(list: readonly (typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never)[]) {
    const states = new Map<string, { edition: number; series: Series }>()
    let time = START
    for (const { publisher, fresh, samples, restart, lost } of list) {
      time += 1000
      const before = states.get(publisher)
      const state =
        !before || restart ? { edition: (before?.edition ?? -1) + 1, series: [] as Series } : before
      const known = state.series.length
      const series: Series = [...state.series, ...fresh]
      const written = samples.flatMap((n, i): Samples => {
        const place = series.length > 0 ? n % series.length : -1
        if (place < 0) return []
        const level = time - START + i
        return series[place]?.[0] === 2 ? [[place, [level, level + 1], 0.5]] : [[place, level]]
      })
      const common = { ...envelope, id: `${time}`, time: new Date(time).toISOString() }
      const local: MetricBatch = { ...common, metrics, series, samples: written }
      const numbered: MetricBatch = {
        ...common,
        dictionary: {
          publisher,
          edition: state.edition,
          metrics: known === 0 ? 0 : metrics.length,
          series: known,
        },
        metrics: known === 0 ? metrics : [],
        series: series.slice(known),
        samples: written,
      }
      // An edition that described nothing has begun with nothing.
      const empty = known === 0 && series.length === 0
      states.set(
        publisher,
        lost ? { edition: state.edition + 1, series: [] } : { ...state, series: empty ? [] : series },
      )
      if (!lost) yield { local, numbered, time }
    }
  }

  test('says the same as batches that describe all they refer to', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const [withIt, without] = [createHead(), createHead()]
        const [a, b] = [createIngester(withIt), createIngester(without)]
        for (const { local, numbered, time } of messagesOf(list)) {
          const at = { receivedAtMs: time, source: 'shop' }
          expect(a.ingest(numbered, at)).toEqual(b.ingest(local, at))
        }
        expect(contentOf(withIt)).toEqual(contentOf(without))
      }),
      { numRuns: 500 },
    )
  })

  test('is taken up after a restart where it was, with series that have come and gone meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(30), async (list, cut) => {
        const messages = [...messagesOf(list)]
        const without = createHead()
        const other = createIngester(without)
        let head = createHead()
        let ingester = createIngester(head)
        for (const [i, { local, numbered, time }] of messages.entries()) {
          if (i === cut) {
            const restored = await restoreHead(head.snapshot(1, ingester.dump()))
            head = restored.head
            ingester = createIngester(head, { restoreFrom: restored.callerState })
          }
          const at = { receivedAtMs: time, source: 'shop' }
          expect(ingester.ingest(numbered, at)).toEqual(other.ingest(local, at))
        }
        expect(contentOf(head)).toEqual(contentOf(without))
      }),
      { numRuns: 200 },
    )
  })

  test('whose beginning was not read leaves its samples undescribed, until its next edition', () => {
    const head = createHead()
    const ingester = createIngester(head)
    const batch = { ...envelope, dictionary: { publisher: 'p', edition: 4, metrics: 1, series: 2 } }
    const first = ingester.ingest(
      {
        ...batch,
        metrics: [{ name: 'g', type: 'gauge' }],
        series: [
          [1, {}],
          [0, {}],
        ],
        samples: [
          [0, 1],
          [2, 7],
          [3, 8],
        ],
      },
      context,
    )
    expect(first).toEqual({ accepted: 1, duplicates: 0, undescribed: 2, refused: [] })
    const next = ingester.ingest(
      {
        ...batch,
        dictionary: { publisher: 'p', edition: 5, metrics: 0, series: 0 },
        metrics: [{ name: 'g', type: 'gauge' }],
        series: [[0, { a: '1' }]],
        samples: [
          [0, 5],
          [1, 5],
        ],
      },
      context,
    )
    expect(next).toMatchObject({
      accepted: 1,
      undescribed: 0,
      refused: [{ index: 1, reason: 'unknown_series' }],
    })
    expect(head.find({ __name__: 'g', a: '1' })?.lastValue).toBe(5)
  })

  test('is forgotten when retention has dropped its series, and they are made anew', () => {
    const head = createHead()
    const ingester = createIngester(head)
    const describing: MetricBatch = {
      ...envelope,
      dictionary: { publisher: 'p', edition: 0, metrics: 0, series: 0 },
      metrics,
      series: [
        [0, { a: '1' }],
        [2, { a: '1' }],
      ],
      samples: [
        [0, 5],
        [1, [1, 2], 3],
      ],
    }
    ingester.ingest(describing, context)
    const later = START + 7 * 60 * MINUTE
    const keeper = head.intern({ __name__: 'other' })
    if ('ref' in keeper) head.append(keeper, later, 1)
    head.maintain(later)
    expect(head.find({ __name__: 'g', a: '1' })).toBeUndefined()
    const { dictionary } = describing
    if (!dictionary) throw new Error('not there')
    const again = ingester.ingest(
      {
        ...describing,
        id: 'b2',
        time: new Date(later).toISOString(),
        dictionary: { ...dictionary, metrics: 3, series: 2 },
        metrics: [],
        series: [],
        samples: [
          [0, 6],
          [1, [2, 3], 4],
        ],
      },
      { receivedAtMs: later, source: 'shop' },
    )
    expect(again.refused).toEqual([])
    expect(head.find({ __name__: 'g', a: '1' })?.lastValue).toBe(6)
    expect(head.find({ __name__: 'h_count', a: '1' })?.lastValue).toBe(3)
    expect(head.metadata.get('g')).toMatchObject({ type: 'gauge' })
  })
})

describe('deltas', () => {
  const batch: MetricBatch = {
    ...envelope,
    metrics: [
      { name: 'calls_total', type: 'counter', temporality: 'delta' },
      { name: 'took', type: 'histogram', buckets: [1], temporality: 'delta' },
      { name: 'level', type: 'gauge' },
    ],
    series: [
      [0, {}],
      [1, {}],
      [2, {}],
    ],
    samples: [
      [0, 3],
      [1, [1, 2], 4],
      [2, 7],
    ],
  }

  test('are added up, once for each id of a batch', () => {
    const head = createHead()
    const ingester = createIngester(head)
    expect(ingester.ingest(batch, context)).toMatchObject({ accepted: 3, duplicates: 0 })
    expect(ingester.ingest(batch, context)).toMatchObject({ accepted: 1, duplicates: 2 })
    const later = { ...batch, id: 'b2', time: new Date(START + 20).toISOString() }
    expect(ingester.ingest(later, context)).toMatchObject({ accepted: 3, duplicates: 0 })
    expect(pointsOf(head, { __name__: 'calls_total' })).toEqual([
      [-1, 0],
      [0, 3],
      [20, 6],
    ])
    expect(pointsOf(head, { __name__: 'took_bucket', le: '1' })).toEqual([
      [-1, 0],
      [0, 1],
      [20, 2],
    ])
    expect(pointsOf(head, { __name__: 'took_sum' })).toEqual([
      [-1, 0],
      [0, 4],
      [20, 8],
    ])
    expect(pointsOf(head, { __name__: 'took_count' })).toEqual([
      [-1, 0],
      [0, 2],
      [20, 4],
    ])
    expect(head.find({ __name__: 'calls_total' })?.createdMs).toBe(START - 1)
  })
})

describe('the time that a series was created', () => {
  const batch = (createdMs: number, value: number, time: number): MetricBatch => ({
    ...envelope,
    time: new Date(time).toISOString(),
    metrics: [{ name: 'c_total', type: 'counter' }],
    series: [[0, {}]],
    created: [[0, createdMs]],
    samples: [[0, value]],
  })

  test('is where its zero stands, at the beginning and after a reset', () => {
    const head = createHead()
    const ingester = createIngester(head)
    const send = (createdMs: number, value: number, time: number) =>
      ingester.ingest(batch(START + createdMs, value, START + time), {
        receivedAtMs: START + time,
        source: 's',
      })
    send(-5_000, 3, 0)
    send(-5_000, 4, 1_000)
    send(1_500, 1, 2_000)
    expect(pointsOf(head, { __name__: 'c_total' })).toEqual([
      [-5_000, 0],
      [0, 3],
      [1_000, 4],
      [1_500, 0],
      [2_000, 1],
    ])
    expect(head.find({ __name__: 'c_total' })?.createdMs).toBe(START + 1_500)
  })

  test('is only noted where it is older than what is kept open, and survives a restart', async () => {
    const head = createHead()
    createIngester(head).ingest(batch(START - 90 * MINUTE, 3, START), context)
    expect(pointsOf(head, { __name__: 'c_total' })).toEqual([[0, 3]])
    const restored = await restoreHead(head.snapshot(1))
    expect(restored.head.find({ __name__: 'c_total' })?.createdMs).toBe(START - 90 * MINUTE)
  })
})

test('exemplars go to the series, of a histogram to the bucket they fall into', async () => {
  const head = createHead()
  createIngester(head).ingest(
    {
      ...envelope,
      metrics: [
        { name: 'h', type: 'histogram', buckets: [0.1, 1] },
        { name: 'c_total', type: 'counter' },
      ],
      series: [
        [0, {}],
        [1, {}],
      ],
      exemplars: [
        [0, { trace_id: 'a' }, 0.05, START - 5],
        [0, { trace_id: 'b' }, 7],
        [1, { trace_id: 'c' }, 1],
        [0, { trace_id: 'old' }, 0.06, START - 50],
        [9, { trace_id: 'nowhere' }, 1],
      ],
      samples: [
        [0, [1, 1, 2], 7],
        [1, 1],
      ],
    },
    context,
  )
  const traces = (of: Head, name: string, le?: string) => {
    const series = of.find({ __name__: name, ...(le && { le }) })
    return series && of.latestExemplar(series)
  }
  const restored = await restoreHead(head.snapshot(1))
  for (const one of [head, restored.head]) {
    expect(traces(one, 'h_bucket', '0.1')).toEqual({
      labels: { trace_id: 'a' },
      value: 0.05,
      timeMs: START - 5,
    })
    expect(traces(one, 'h_bucket', '1')).toBeUndefined()
    expect(traces(one, 'h_bucket', '+Inf')).toEqual({ labels: { trace_id: 'b' }, value: 7, timeMs: START })
    expect(traces(one, 'c_total')).toMatchObject({ labels: { trace_id: 'c' } })
  }
})

test('the end of a histogram is the end of all its series', () => {
  const head = createHead()
  const ingester = createIngester(head)
  const batch: MetricBatch = {
    ...envelope,
    metrics: [{ name: 'h', type: 'histogram', buckets: [1] }],
    series: [[0, {}]],
    samples: [
      [0, [1, 2], 3],
      [0, 'stale', START + 10],
    ],
  }
  ingester.ingest(batch, context)
  expect(head.series().map(({ lastIsStale }) => lastIsStale)).toEqual([true, true, true, true])
})

test('parts of a histogram that come by themselves belong to the metric that is described beside them', () => {
  const head = createHead()
  const { refused } = createIngester(head).ingest(
    {
      ...envelope,
      metadata: [{ name: 'rpc_seconds', type: 'histogram', help: 'Calls.' }],
      metrics: [
        { name: 'rpc_seconds_bucket', type: 'untyped' },
        { name: 'rpc_seconds_count', type: 'untyped' },
      ],
      series: [
        [0, { le: '+Inf' }],
        [1, {}],
      ],
      samples: [
        [0, 1],
        [1, 1],
      ],
    },
    context,
  )
  expect(refused).toEqual([])
  expect(head.metadata.familyOf('rpc_seconds_bucket')).toBe('rpc_seconds')
  expect(head.metadata.get('rpc_seconds')).toMatchObject({ type: 'histogram', help: 'Calls.' })
})

test('the end of what the head does not have makes nothing', () => {
  const head = createHead()
  const { refused } = createIngester(head).ingest(
    {
      ...envelope,
      metrics: [
        { name: 'gone', type: 'untyped' },
        { name: 'h', type: 'histogram', buckets: [1] },
      ],
      series: [
        [0, {}],
        [1, {}],
      ],
      samples: [
        [0, 'stale'],
        [1, 'stale'],
      ],
    },
    context,
  )
  expect(refused).toEqual([])
  expect(head.series()).toEqual([])
})

test('one part of a metric that is ended by itself leaves what is known of the metric', () => {
  const head = createHead()
  const ingester = createIngester(head)
  const histogram: MetricBatch['metrics'] = [{ name: 'h', type: 'histogram', buckets: [1], help: 'Took.' }]
  ingester.ingest({ ...envelope, metrics: histogram, series: [[0, {}]], samples: [[0, [1, 2], 3]] }, context)
  const { refused } = ingester.ingest(
    {
      ...envelope,
      id: 'b2',
      metrics: [{ name: 'h_bucket', type: 'untyped' }],
      series: [[0, { le: '1' }]],
      samples: [[0, 'stale', START + 10]],
    },
    context,
  )
  expect(refused).toEqual([])
  expect(head.find({ __name__: 'h_bucket', le: '1' })?.lastIsStale).toBe(true)
  expect(head.find({ __name__: 'h_bucket', le: '+Inf' })?.lastIsStale).toBe(false)
  expect([...head.metadata.entries()]).toEqual([['h', { type: 'histogram', help: 'Took.', unit: '' }]])
})

test('deltas go on from the sum that stood before a series was ended, however long ago', () => {
  for (const quietMs of [5 * MINUTE, 90 * MINUTE]) {
    const head = createHead()
    const ingester = createIngester(head)
    const add = (id: string, atMs: number, value: number | 'stale') =>
      ingester.ingest(
        {
          ...envelope,
          id,
          time: new Date(START + atMs).toISOString(),
          metrics: [{ name: 'c_total', type: 'counter', temporality: 'delta' }],
          series: [[0, {}]],
          samples: [[0, value]],
        },
        { ...context, receivedAtMs: START + atMs },
      )
    add('a', 0, 3)
    add('b', quietMs, 'stale')
    add('c', quietMs + MINUTE, 4)
    add('d', quietMs + MINUTE, 1)
    expect(pointsOf(head, { __name__: 'c_total' })).toEqual([
      [-1, 0],
      [0, 3],
      [quietMs, Number.NaN],
      [quietMs + MINUTE, 8],
    ])
  }
})
