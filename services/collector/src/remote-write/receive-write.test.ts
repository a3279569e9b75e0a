import { type MetricBatch, metricBatch } from '@tocsin/contract'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  compress,
  encodeVersion1,
  encodeVersion2,
  type SentMetadata,
  type SentSeries,
} from '../../test/encode-write.ts'
import { createNameChecks } from './check-names.ts'
import type { MessageVersion } from './choose-message.ts'
import { createLabelSetReader } from './read-label-set.ts'
import { receiveWrite } from './receive-write.ts'
import { createRooms } from './room.ts'
import type { SeriesGate } from './series-gate.ts'
import { createSources } from './sources.ts'

const NOW = Date.UTC(2026, 2, 1, 12)

/** A receiver, and what it stored: samples, exemplars and creation times by their series, and what is said of metrics. */
function createReceiver(gate: SeriesGate = () => 'held') {
  const names = createNameChecks()
  const stored: string[] = []
  const metadata: NonNullable<MetricBatch['metadata']> = []
  const batches: MetricBatch[] = []
  let metrics: MetricBatch['metrics'] = []
  let series: MetricBatch['series'] = []
  const show = (number: number) => {
    const [metric = -1, labels] = series[number] ?? []
    return `${metrics[metric]?.name ?? '?'}${JSON.stringify(labels)}`
  }
  const publish = async (_source: string, json: Uint8Array) => {
    const batch = metricBatch.parse(JSON.parse(Buffer.from(json).toString()))
    batches.push(batch)
    metrics = [...metrics.slice(0, batch.dictionary?.metrics), ...batch.metrics]
    series = [...series.slice(0, batch.dictionary?.series), ...batch.series]
    metadata.push(...(batch.metadata ?? []))
    for (const [number, ms] of batch.created ?? []) stored.push(`${show(number)} since ${ms}`)
    for (const [number, ...rest] of batch.samples) stored.push(`${show(number)} ${JSON.stringify(rest)}`)
    for (const [number, ...rest] of batch.exemplars ?? [])
      stored.push(`${show(number)} exemplar ${JSON.stringify(rest)}`)
  }
  const readLabelSet = createLabelSetReader(names)
  const sources = createSources({
    publish,
    now: () => NOW,
    maxLength: () => 4000,
    readLabelSet,
    gateOf: () => gate,
    maxSeriesBytes: 1e6,
  })
  const send = (version: MessageVersion, message: Uint8Array, source = 'test') =>
    receiveWrite(
      { sources, names, maxBytes: 10_000_000, now: () => NOW },
      { version, source, body: compress(message), room: createRooms(1e9).enter() },
    )
  return { send, stored, metadata, batches, sources }
}

const encode = (version: MessageVersion, series: readonly SentSeries[]) =>
  version === 1 ? encodeVersion1(series) : encodeVersion2(series)

const up = (...samples: NonNullable<SentSeries['samples']>): SentSeries => ({
  labels: [
    ['__name__', 'up'],
    ['job', 'a'],
  ],
  samples,
})

describe.each([1, 2] as const)('version %i', (version) => {
  it('gives every sample of every series, whatever it is, also when it comes again', async () => {
    const labelName = fc.constantFrom('a', 'b', 'instance', 'job', 'le', 'zone')
    const labelValue = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constant('x'.repeat(300)))
    const value = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, 1e300, 'stale' as const),
    )
    const sample = fc.record({ value, timeMs: fc.integer({ min: NOW - 1_700_000, max: NOW + 500_000 }) })
    const series = fc
      .record({
        name: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/),
        labels: fc.dictionary(labelName, labelValue, { maxKeys: 6 }),
        samples: fc.array(sample, { minLength: 1, maxLength: 4 }),
      })
      .map(({ name, labels, samples }) => ({
        labels: [['__name__', name] as const, ...Object.entries(labels)].sort(([a], [b]) => (a < b ? -1 : 1)),
        samples,
      }))
    await fc.assert(
      fc.asyncProperty(fc.array(series, { maxLength: 20 }), async (all) => {
        const receiver = createReceiver()
        const expected = all.flatMap(({ labels, samples }) => {
          const own = Object.fromEntries(labels.filter(([name, text]) => name !== '__name__' && text !== ''))
          const name = labels.find(([label]) => label === '__name__')?.[1]
          return samples.map(
            ({ value: level, timeMs }) =>
              `${name}${JSON.stringify(own)} ${JSON.stringify([word(level), timeMs])}`,
          )
        })
        const result = await receiver.send(version, encode(version, all))
        expect(receiver.stored).toEqual(expected)
        expect(result).toMatchObject({ samples: expected.length, refused: 0, refusal: '' })
        await receiver.send(version, encode(version, all.toReversed()))
        expect(receiver.stored.slice(expected.length).sort()).toEqual(expected.sort())
      }),
      { numRuns: 60 },
    )
  })

  it('keeps what is valid and names the rest', async () => {
    const { send, stored } = createReceiver()
    const result = await send(
      version,
      encode(version, [
        up({ value: 1, timeMs: NOW }),
        { labels: [['job', 'nameless']], samples: [{ value: 1, timeMs: NOW }] },
        { labels: [['__name__', 'http.requests']], samples: [{ value: 1, timeMs: NOW }] },
        up(
          { value: 2, timeMs: NOW - 3_600_000 },
          { value: 3, timeMs: NOW + 1 },
          { value: 4, timeMs: NOW + 3_600_000 },
        ),
        up({ value: 5, timeMs: -1 }, { value: 6, timeMs: 0 }),
      ]),
    )
    expect(stored).toEqual([`up{"job":"a"} [1,${NOW}]`, `up{"job":"a"} [3,${NOW + 1}]`])
    expect(Object.fromEntries(result.refusedBy)).toEqual({
      missing_name: 1,
      invalid_name: 1,
      too_old: 3,
      too_far_in_future: 1,
    })
    expect(result).toMatchObject({ samples: 2, refused: 6 })
    expect(result.refusal).toMatch(
      /missing_name \(\{job="nameless"\}: .*; too_old \(3 times, first: up\{"job":"a"\}/,
    )
    expect(result.refusal).not.toContain('\n')
  })

  it('gives native histograms as classic ones, with their end, their sums and their exemplars', async () => {
    const { send, stored } = createReceiver()
    const labels = [
      ['__name__', 'took_seconds'],
      ['job', 'a'],
    ] as const
    const one = {
      schema: 0,
      count: 4,
      sum: 5.5,
      zeroCount: 1,
      positive: { spans: [[0, 2]], counts: [2, 1] },
      timeMs: NOW,
    } as const
    await send(
      version,
      encode(version, [
        { labels, histograms: [one] },
        { labels, histograms: [{ ...one, isFloat: true, sum: Number.NaN, timeMs: NOW + 1 }] },
        { labels, exemplars: [{ labels: [['trace_id', 'abc']], value: 0.7, timeMs: NOW }] },
        { labels, histograms: [{ schema: 0, count: 0, sum: 'stale', timeMs: NOW + 2 }] },
      ]),
    )
    const counts = [...new Array(20).fill(1), 3, ...new Array(13).fill(4)]
    expect(stored).toEqual([
      `took_seconds{"job":"a"} ${JSON.stringify([counts, 5.5, NOW])}`,
      `took_seconds{"job":"a"} ${JSON.stringify([counts, 0, NOW + 1])}`,
      `took_seconds_sum{"job":"a"} ["NaN",${NOW + 1}]`,
      `took_seconds{"job":"a"} ["stale",${NOW + 2}]`,
      `took_seconds{"job":"a"} exemplar [{"trace_id":"abc"},0.7,${NOW}]`,
    ])
  })

  it('keeps the bounds of custom buckets', async () => {
    const { send, batches } = createReceiver()
    const labels = [['__name__', 'took']] as const
    const of = (bounds: readonly number[], timeMs: number) => ({
      labels,
      histograms: [
        {
          schema: -53,
          count: 6,
          sum: 9,
          customBounds: bounds,
          positive: {
            spans: [
              [0, 1],
              [1, 1],
            ] as const,
            counts: [2, 4],
          },
          timeMs,
        },
      ],
    })
    await send(version, encode(version, [of([0.1, 1], NOW), of([0.1, 1], NOW + 1), of([0.1, 1, 5], NOW + 2)]))
    expect(batches[0]).toMatchObject({
      metrics: [
        { name: 'took', type: 'histogram', buckets: [0.1, 1] },
        { name: 'took', type: 'histogram', buckets: [0.1, 1, 5] },
      ],
      samples: [
        [0, [2, 2, 6], 9, NOW],
        [0, [2, 2, 6], 9, NOW + 1],
        [1, [2, 2, 6, 6], 9, NOW + 2],
      ],
    })
  })

  test.each<readonly [string, object, RegExp]>([
    ['a schema that nobody knows', { schema: 100 }, /schema 100/],
    [
      'more counts than spans say',
      { positive: { spans: [[0, 1]], counts: [1, 2] } },
      /do not belong together/,
    ],
    ['a huge span', { positive: { spans: [[0, 4_000_000_000]], counts: [1] } }, /do not belong together/],
    [
      'a negative count',
      { count: 1, positive: { spans: [[0, 2]], counts: [2, -1] } },
      /do not belong together/,
    ],
    [
      'overlapping spans',
      {
        count: 2,
        positive: {
          spans: [
            [0, 1],
            [-1, 1],
          ],
          counts: [1, 1],
        },
      },
      /do not belong/,
    ],
    [
      'a count that its buckets do not have',
      { count: 9, positive: { spans: [[0, 1]], counts: [1] } },
      /counts 9 observations, and 1/,
    ],
    ['custom buckets without bounds', { schema: -53 }, /without bounds/],
    ['custom bounds that descend', { schema: -53, customBounds: [2, 1] }, /ascend/],
    [
      'too many custom bounds',
      { schema: -53, customBounds: Array.from({ length: 201 }, (_, i) => i) },
      /at most 200/,
    ],
    [
      'more custom buckets than bounds',
      { schema: -53, count: 1, customBounds: [1], positive: { spans: [[2, 1]], counts: [1] } },
      /more buckets/,
    ],
    [
      'negative custom buckets',
      { schema: -53, count: 1, customBounds: [1], negative: { spans: [[0, 1]], counts: [1] } },
      /beside them/,
    ],
    ['a time long ago', { timeMs: 1 }, /minutes ago/],
    ['infinitely many', { isFloat: true, count: Infinity }, /numbers from 0 on/],
  ])('refuses a histogram with %s', async (_name, part, detail) => {
    const { send, stored } = createReceiver()
    const one = { schema: 0, count: 0, sum: 0, timeMs: NOW, ...part }
    const result = await send(
      version,
      encode(version, [{ labels: [['__name__', 'took']], histograms: [one] }]),
    )
    expect(result).toMatchObject({ histograms: 0, refused: 1, refusal: expect.stringMatching(detail) })
    expect(stored).toEqual([])
  })

  it('refuses exemplars that cannot be kept, and nothing else with them', async () => {
    const { send, stored } = createReceiver()
    const exemplars = [
      { labels: [['trace_id', 'x'.repeat(200)]], value: 1, timeMs: NOW },
      { labels: [['trace.id', 'x']], value: 1, timeMs: NOW },
      { labels: [], value: Number.NaN, timeMs: NOW },
      { labels: [], value: 1, timeMs: 0 },
      { labels: [], value: 1, timeMs: NOW - 86_400_000 },
    ] as const
    const result = await send(version, encode(version, [{ ...up({ value: 1, timeMs: NOW }), exemplars }]))
    expect(result).toMatchObject({
      samples: 1,
      exemplars: 1,
      refused: 4,
      refusedBy: [['invalid_exemplar', 4]],
    })
    expect(stored).toHaveLength(2)
  })
})

it('takes metadata of version 1 by itself, before or after the series', async () => {
  const { send, metadata, stored } = createReceiver()
  const said: readonly SentMetadata[] = [
    { kind: 1, name: 'orders', help: 'Orders.', unit: '' },
    { kind: 3, name: 'took_seconds', help: 'Took.', unit: 'seconds' },
    { kind: 2, name: 'unused', help: 'Never sent.', unit: '' },
  ]
  const names = ['orders_total', 'took_seconds_bucket', 'took_seconds_count']
  const series = names.map((name) => ({
    labels: [['__name__', name] as const],
    samples: [{ value: 1, timeMs: NOW }],
  }))
  const expected = [
    { name: 'orders_total', type: 'counter', help: 'Orders.' },
    { name: 'took_seconds', type: 'histogram', help: 'Took.', unit: 'seconds' },
  ]
  await send(1, encodeVersion1(series.slice(0, 2)))
  expect(metadata).toEqual([])
  await send(1, encodeVersion1([], said))
  expect(metadata).toEqual(expected)
  await send(1, encodeVersion1(series, said))
  expect(metadata).toEqual(expected)
  expect(stored).toHaveLength(5)
})

it('takes metadata and creation times of version 2 with the series', async () => {
  const { send, metadata, stored } = createReceiver()
  const of = (name: string, kind: number, more: object = {}): SentSeries => ({
    labels: [['__name__', name]],
    samples: [{ value: 1, timeMs: NOW }],
    metadata: { kind, help: `${name}.`, unit: 's' },
    ...more,
  })
  const all = [
    of('orders_total', 1, { createdMs: NOW - 5000 }),
    of('took_bucket', 3, { samples: [{ value: 1, timeMs: NOW, createdMs: NOW - 60_000 }] }),
    of('level', 2, { createdMs: NOW + 1 }),
  ]
  await send(2, encodeVersion2(all))
  await send(2, encodeVersion2(all))
  expect(metadata).toEqual([
    { name: 'orders_total', type: 'counter', help: 'orders_total.', unit: 's' },
    { name: 'took', type: 'histogram', help: 'took_bucket.', unit: 's' },
    { name: 'level', type: 'gauge', help: 'level.', unit: 's' },
  ])
  expect(stored.filter((line) => line.includes('since'))).toEqual([
    `orders_total{} since ${NOW - 5000}`,
    `took_bucket{} since ${NOW - 60_000}`,
  ])
})

it('keeps sources apart, and both versions', async () => {
  const { send, batches } = createReceiver()
  const one = [up({ value: 1, timeMs: NOW })]
  await send(1, encodeVersion1(one), 'a')
  await send(1, encodeVersion1(one), 'b')
  await send(2, encodeVersion2(one), 'a')
  expect(batches.map(({ source, series }) => [source, series])).toEqual([
    ['a', [[0, { job: 'a' }]]],
    ['b', [[0, { job: 'a' }]]],
    ['a', [[0, { job: 'a' }]]],
  ])
  expect(batches[0]?.dictionary?.publisher).not.toBe(batches[1]?.dictionary?.publisher)
})

it('stores and remembers nothing of a series that limits have no room for, until they have', async () => {
  let isFull = true
  const refusal = { reason: 'series_limit_metric', detail: 'full' } as const
  const { send, stored, metadata, sources } = createReceiver((name) => {
    if (name !== 'clicks') return 'held'
    return isFull ? refusal : undefined
  })
  const clicks: SentSeries = {
    labels: [['__name__', 'clicks']],
    samples: [{ value: 1, timeMs: NOW }],
    exemplars: [{ labels: [['trace_id', 'a']], value: 1, timeMs: NOW }],
    metadata: { kind: 1, help: 'Clicks.', unit: '' },
  }
  const message = encodeVersion2([clicks, up({ value: 1, timeMs: NOW })])
  expect(await send(2, message)).toMatchObject({
    samples: 1,
    refused: 2,
    refusal: 'series_limit_metric (2 times, first: full)',
  })
  expect([stored.length, metadata.length, sources.knownSeries()]).toEqual([1, 0, 1])
  isFull = false
  expect(await send(2, message)).toMatchObject({ samples: 2, exemplars: 1, refused: 0 })
  expect([stored.length, metadata.length, sources.knownSeries()]).toEqual([4, 1, 2])
})

function word(value: number | 'stale'): number | string {
  if (value === 'stale' || Number.isFinite(value)) return value === 0 ? 0 : value
  if (Number.isNaN(value)) return 'NaN'
  return value === Infinity ? '+Inf' : '-Inf'
}
