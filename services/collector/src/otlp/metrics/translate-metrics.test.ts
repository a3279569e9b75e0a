import { type MetricBatch, metricBatch } from '@tocsin/contract'
import { createHead, createIngester } from '@tocsin/tsdb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryMetrics } from '../../../test/otlp/arbitrary-otlp.ts'
import { encodeJson, encodeProtobuf, type OtlpRequest } from '../../../test/otlp/encode-otlp.ts'
import type { Encoding } from '../decode/open-body.ts'
import { readMetrics } from '../decode/read-metrics.ts'
import { createKnownBounds } from './known-bounds.ts'
import { createMetricNamer } from './metric-namer.ts'
import { type MetricOptions, type TranslatedMetrics, translateMetrics } from './translate-metrics.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const nano = (ms: number) => `${ms}000000`
const PLAIN: MetricOptions = { resourceLabels: [], scopeLabels: false }

interface Setup {
  readonly encoding?: Encoding
  readonly options?: MetricOptions
  readonly id?: string
}

/** Translations that share what they know, one after the other. */
function createTranslator(
  typeOf: (name: string) => MetricBatch['metrics'][number]['type'] | undefined = () => undefined,
) {
  const knowledge = { nameOf: createMetricNamer(() => {}), known: createKnownBounds(), typeOf }
  return (body: Buffer, { encoding = 'json', options = PLAIN, id = 'id' }: Setup = {}): TranslatedMetrics => {
    const steps = translateMetrics(readMetrics(body, encoding), knowledge, options, {
      id,
      nowMs: NOW,
      maxLength: 100_000,
      onMessage() {},
    })
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
    }
  }
}

function batchesOf({ batches }: TranslatedMetrics): MetricBatch[] {
  return batches.flatMap(({ messages }) => messages.map(({ json }) => JSON.parse(json)))
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const SHOP = { attributes: [text('service.name', 'shop'), text('service.instance.id', 'a1')] }
const point = (fields: OtlpRequest, ...attributes: unknown[]) => ({
  timeUnixNano: nano(NOW - 1000),
  startTimeUnixNano: nano(NOW - 61_000),
  attributes,
  ...fields,
})
const request = (metrics: readonly OtlpRequest[], resource: unknown = SHOP): OtlpRequest => ({
  resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'lib', version: '2' }, metrics }] }],
})
const sum = (
  dataPoints: unknown[],
  more: OtlpRequest = { aggregationTemporality: 2, isMonotonic: true },
) => ({
  sum: { dataPoints, ...more },
})

/** What a head holds after the batches of requests, each series with its last value. */
function headAfter(...requests: readonly OtlpRequest[]) {
  const head = createHead()
  const ingester = createIngester(head)
  const translate = createTranslator((name) => head.metadata.get(name)?.type)
  requests.forEach((one, i) => {
    for (const batch of batchesOf(translate(encodeJson(one), { id: `request-${i}` }))) {
      const outcome = ingester.ingest(metricBatch.parse(batch), { receivedAtMs: NOW, source: batch.source })
      expect(outcome.refused).toEqual([])
    }
  })
  const value = (name: string, labels: Record<string, string> = {}) => {
    const found = head.find({ __name__: name, service: 'shop', job: 'shop', instance: 'a1', ...labels })
    return found?.lastIsStale ? 'stale' : found?.lastValue
  }
  return { head, value }
}

describe('a request', () => {
  const everything = request([
    { name: 'level', unit: 'By', description: 'A level.', gauge: { dataPoints: [point({ asInt: '5' })] } },
    { name: 'seen', ...sum([point({ asDouble: 2.5 }, text('http.route', '/a'))]) },
  ])

  it('is a batch for each source, with who it is, its start and its target', () => {
    expect(batchesOf(createTranslator()(encodeJson(everything)))).toEqual([
      {
        v: 1,
        id: 'id-0-0',
        time: '2026-03-01T12:00:00.000Z',
        source: 'shop',
        metrics: [
          { name: 'level_bytes', type: 'gauge', help: 'A level.', unit: 'bytes' },
          { name: 'seen_total', type: 'counter' },
        ],
        series: [
          [0, { service: 'shop', job: 'shop', instance: 'a1' }],
          [1, { http_route: '/a', service: 'shop', job: 'shop', instance: 'a1' }],
        ],
        created: [[1, NOW - 61_000]],
        samples: [
          [0, 5, NOW - 1000],
          [1, 2.5, NOW - 1000],
        ],
      },
    ])
  })

  it('of several resources has ids that differ', () => {
    const two = {
      resourceMetrics: ['shop', 'cart'].flatMap((name) => {
        const resource = { attributes: [text('service.name', name)] }
        return request([{ name: 'up', gauge: { dataPoints: [point({ asInt: 1 })] } }], resource)[
          'resourceMetrics'
        ]
      }),
    }
    const batches = batchesOf(createTranslator()(encodeJson(two)))
    expect(batches.map(({ id, source }) => [id, source])).toEqual([
      ['id-0-0', 'shop'],
      ['id-1-0', 'cart'],
    ])
  })

  it('has resource attributes and the scope as labels only where they are asked for', () => {
    const resource = {
      attributes: [
        ...SHOP.attributes,
        text('service.namespace', 'eu'),
        text('host.name', 'h1'),
        text('service.version', '3'),
      ],
    }
    const one = request([{ name: 'level', gauge: { dataPoints: [point({ asInt: 5 })] } }], resource)
    const options = { resourceLabels: ['service.version', 'cloud.region'], scopeLabels: true }
    const [batch] = batchesOf(createTranslator()(encodeJson(one), { options }))
    const identity = { service: 'shop', job: 'eu/shop', instance: 'a1' }
    expect(batch?.series).toEqual([
      [0, { ...identity, service_version: '3', otel_scope_name: 'lib', otel_scope_version: '2' }],
      [1, { ...identity, host_name: 'h1', service_version: '3' }],
    ])
    expect(batch?.metrics[1]).toMatchObject({ name: 'target_info', type: 'gauge' })
    expect(batch?.samples[1]).toEqual([1, 1, NOW - 1000])
  })

  it('without a resource is of an unknown service', () => {
    const one = request([{ name: 'level', gauge: { dataPoints: [point({ asInt: 5 })] } }], null)
    const [batch] = batchesOf(createTranslator()(encodeJson(one)))
    expect(batch?.source).toBe('unknown_service')
    expect(batch?.series).toEqual([[0, { service: 'unknown_service' }]])
  })

  it('gives the same batches in protobuf and JSON, all of them what the contract takes', () => {
    fc.assert(
      fc.property(arbitraryMetrics, (any) => {
        const shifted = atTime(any) as OtlpRequest
        const json = batchesOf(createTranslator()(encodeJson(shifted)))
        const encoding = 'protobuf'
        expect(
          batchesOf(createTranslator()(encodeProtobuf('MetricsRequest', shifted), { encoding })),
        ).toEqual(json)
        for (const batch of json) expect(metricBatch.parse(batch)).toEqual(batch)
      }),
      { numRuns: 500 },
    )
  })
})

/** Times within what is taken, most of them. */
function atTime(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(atTime)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'timeUnixNano' && BigInt(item) % 5n > 0n
        ? nano(NOW - Number(BigInt(item) % 1000n))
        : atTime(item),
    ]),
  )
}

describe('sums', () => {
  it('that are cumulative are their level, with the zero that they began with', () => {
    const { head, value } = headAfter(request([{ name: 'seen', ...sum([point({ asInt: '7' })]) }]))
    expect(value('seen_total')).toBe(7)
    const series = head.find({ __name__: 'seen_total', service: 'shop', job: 'shop', instance: 'a1' })
    const samples = series && head.read(series, 0, NOW)
    expect([...(samples?.timestamps ?? [])]).toEqual([NOW - 61_000, NOW - 1000])
    expect([...(samples?.values ?? [])]).toEqual([0, 7])
  })

  it('that are deltas are added up, once for each request', () => {
    const one = request([
      { name: 'seen', ...sum([point({ asInt: 2 })], { aggregationTemporality: 1, isMonotonic: true }) },
    ])
    expect(headAfter(one, one).value('seen_total')).toBe(4)
  })

  it('that may fall are gauges, added up where they are deltas', () => {
    const level = (asInt: number) =>
      request([{ name: 'open', ...sum([point({ asInt })], { aggregationTemporality: 2 }) }])
    expect(headAfter(level(5), level(3)).value('open')).toBe(3)
    const change = (asInt: number) =>
      request([{ name: 'open', ...sum([point({ asInt })], { aggregationTemporality: 1 }) }])
    const { head, value } = headAfter(change(5), change(-2))
    expect(value('open')).toBe(3)
    expect(head.metadata.get('open')?.type).toBe('gauge')
  })
})

describe('histograms', () => {
  const histogram = (fields: OtlpRequest, aggregationTemporality = 2) =>
    request([{ name: 'took', unit: 's', histogram: { aggregationTemporality, dataPoints: [point(fields)] } }])
  const plain = { count: 6, sum: 4.5, bucketCounts: [1, 2, 3], explicitBounds: [0.1, 1] }

  it('are buckets, a count and a sum', () => {
    const { head, value } = headAfter(histogram(plain))
    expect(['0.1', '1', '+Inf'].map((le) => value('took_seconds_bucket', { le }))).toEqual([1, 3, 6])
    expect([value('took_seconds_count'), value('took_seconds_sum')]).toEqual([6, 4.5])
    expect(head.metadata.get('took_seconds')).toMatchObject({ type: 'histogram', unit: 'seconds' })
  })

  it('that are deltas are added up', () => {
    const { value } = headAfter(histogram(plain, 1), histogram(plain, 1))
    expect(value('took_seconds_bucket', { le: '1' })).toBe(6)
    expect(value('took_seconds_sum')).toBe(9)
  })

  it('without buckets are a count and a sum', () => {
    const { value } = headAfter(histogram({ count: 6, sum: 4.5 }))
    expect(value('took_seconds_bucket', { le: '+Inf' })).toBe(6)
    expect([value('took_seconds_count'), value('took_seconds_sum')]).toEqual([6, 4.5])
  })

  it.each([2, 1])('without a sum have none (temporality %i)', (temporality) => {
    const { head, value } = headAfter(histogram({ ...plain, sum: undefined }, temporality))
    expect(value('took_seconds_bucket', { le: '1' })).toBe(3)
    expect(value('took_seconds_count')).toBe(6)
    expect(value('took_seconds_sum')).toBeUndefined()
    expect(head.metadata.get('took_seconds')?.type).toBe('histogram')
  })

  it('end with all their buckets', () => {
    const { value } = headAfter(histogram(plain), histogram({ flags: 1, timeUnixNano: nano(NOW) }))
    expect(value('took_seconds_bucket', { le: '0.1' })).toBe('stale')
    expect(value('took_seconds_count')).toBe('stale')
  })

  it('have exemplars with their trace, as far as there is room', () => {
    const exemplar = {
      timeUnixNano: nano(NOW - 5000),
      asDouble: 0.7,
      traceId: '4BF92F3577B34DA6A3CE929D0E0E4736',
      spanId: '00f067aa0ba902b7',
      filteredAttributes: [text('user.id', '17'), text('long', 'x'.repeat(100))],
    }
    const { head } = headAfter(histogram({ ...plain, exemplars: [exemplar] }))
    const bucket = { __name__: 'took_seconds_bucket', le: '1', service: 'shop', job: 'shop', instance: 'a1' }
    const series = head.find(bucket)
    expect(series && head.latestExemplar(series)).toEqual({
      labels: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7', user_id: '17' },
      value: 0.7,
      timeMs: NOW - 5000,
    })
  })

  it.each([1, 2])(
    'that are exponential have the buckets of their name (temporality %i)',
    (aggregationTemporality) => {
      const dataPoints = [
        point({
          count: '10',
          sum: 9,
          scale: 1,
          zeroCount: 2,
          positive: { offset: -2, bucketCounts: ['1', '2', '3', '1'] },
          negative: { offset: 0, bucketCounts: [1] },
        }),
      ]
      const one = request([
        { name: 'took', unit: 's', exponentialHistogram: { aggregationTemporality, dataPoints } },
      ])
      const { value } = headAfter(one)
      // (0.5, 0.71] and (0.71, 1] are 3, (1, 1.41] and (1.41, 2] are 4; zeros and what is below them are 3.
      expect(['0.25', '0.5', '1', '2', '+Inf'].map((le) => value('took_seconds_bucket', { le }))).toEqual([
        3, 3, 6, 10, 10,
      ])
      expect([value('took_seconds_count'), value('took_seconds_sum')]).toEqual([10, 9])
    },
  )
})

it('summaries are quantiles, a count and a sum', () => {
  const quantileValues = [
    { quantile: 0.5, value: 1 },
    { quantile: 0.99, value: 7 },
  ]
  const one = (fields: OtlpRequest) =>
    request([
      { name: 'took', summary: { dataPoints: [point({ count: 3, sum: 9, quantileValues, ...fields })] } },
    ])
  const { head, value } = headAfter(one({}))
  expect([value('took', { quantile: '0.5' }), value('took', { quantile: '0.99' })]).toEqual([1, 7])
  expect([value('took_count'), value('took_sum')]).toEqual([3, 9])
  expect(head.metadata.get('took')?.type).toBe('summary')
  const ended = headAfter(one({}), one({ flags: 1, timeUnixNano: nano(NOW) }))
  expect(ended.value('took', { quantile: '0.5' })).toBe('stale')
  expect(ended.value('took_count')).toBe('stale')
})

it('a series that has no value any more ends', () => {
  const level = (fields: OtlpRequest) => request([{ name: 'level', gauge: { dataPoints: [point(fields)] } }])
  expect(headAfter(level({ asInt: 4 }), level({ flags: 1, timeUnixNano: nano(NOW) })).value('level')).toBe(
    'stale',
  )
})

describe('what is refused', () => {
  const gauge = (fields: OtlpRequest, ...attributes: unknown[]) => ({
    name: 'level',
    gauge: { dataPoints: [point({ asInt: 1, ...fields }, ...attributes)] },
  })
  const histogram = (fields: OtlpRequest, ...attributes: unknown[]) => ({
    name: 'took',
    histogram: { aggregationTemporality: 2, dataPoints: [point({ sum: 1, ...fields }, ...attributes)] },
  })
  const delta = { aggregationTemporality: 1, isMonotonic: true }

  it.each<[string, string, OtlpRequest, RegExp]>([
    ['without a name', 'invalid_name', { ...gauge({}), name: '.' }, /no name can be made of '\.'/],
    ['without a time', 'too_old', gauge({ timeUnixNano: 0 }), /1970-01-01.* is more than 30 minutes ago/],
    ['of yesterday', 'too_old', gauge({ timeUnixNano: nano(NOW - 86_400_000) }), /that past is closed/],
    [
      'of tomorrow',
      'too_far_in_future',
      gauge({ timeUnixNano: nano(NOW + 86_400_000) }),
      /set the sender's clock/,
    ],
    ['without a value', 'no_value', gauge({ asInt: null }), /neither asDouble nor asInt/],
    ['with a label too long', 'invalid_label', gauge({}, text('a', 'x'.repeat(5000))), /5000 characters/],
    [
      'with the label of a bucket',
      'reserved_label',
      histogram({ count: 0 }, text('le', '1')),
      /rename the attribute/,
    ],
    [
      'of a sum of no temporality',
      'no_temporality',
      { name: 's', ...sum([point({ asInt: 1 })], {}) },
      /say which/,
    ],
    [
      'with a delta below zero',
      'invalid_value',
      { name: 's', ...sum([point({ asInt: -1 })], delta) },
      /-1 cannot be added/,
    ],
    [
      'with a delta that is no number',
      'invalid_value',
      { name: 's', ...sum([point({ asDouble: 'NaN' })], delta) },
      /NaN/,
    ],
    [
      'with a count too few',
      'invalid_histogram',
      histogram({ bucketCounts: [1], explicitBounds: [1] }),
      /1 bounds go with 2/,
    ],
    [
      'with bounds that fall',
      'invalid_histogram',
      histogram({ count: 2, bucketCounts: [1, 1, 0], explicitBounds: [2, 1] }),
      /ascend/,
    ],
    [
      'with too many bounds',
      'invalid_histogram',
      histogram({
        bucketCounts: Array(302).fill(0),
        explicitBounds: Array.from({ length: 301 }, (_, i) => i),
      }),
      /more than 200/,
    ],
    [
      'with more in buckets than in all',
      'invalid_histogram',
      histogram({ count: 1, bucketCounts: [2, 0], explicitBounds: [1] }),
      /hold 2 .* says 1/,
    ],
  ])('is a point %s: %s', (_, reason, metric, detail) => {
    const { refusals, accepted } = createTranslator()(encodeJson(request([metric, gauge({})])))
    expect([...refusals.reasons].map(([name, { count }]) => [name, count])).toEqual([[reason, 1]])
    expect(refusals.describe()).toMatch(detail)
    expect(accepted).toBe(1)
  })

  it('is a metric that is known as another type, to the readers or in the request', () => {
    const translate = createTranslator((name) => (name === 'level' ? 'counter' : undefined))
    const twice = { name: 'other', gauge: { dataPoints: [point({ asInt: 1 }), point({ asInt: 2 })] } }
    const { refusals, accepted } = translate(
      encodeJson(request([gauge({}), { ...histogram({ count: 1 }), name: 'other' }, twice])),
    )
    expect(refusals.describe()).toBe(
      '3 × type_conflict: metric level is published as counter and as gauge: rename one of them',
    )
    expect(accepted).toBe(1)
  })
})
