import type { MetricBatch } from '@tocsin/contract'
import { createHead, createIngester } from '@tocsin/tsdb'
import { expect, test } from 'vitest'
import { createFamilyReader } from './head-families.ts'
import { writeExposition } from './write-exposition.ts'

const NOW = 1_700_000_000_000

function filledHead(...messages: readonly Parameters<ReturnType<typeof createIngester>['ingest']>[0][]) {
  const head = createHead()
  const ingester = createIngester(head)
  for (const message of messages) ingester.ingest(message, { receivedAtMs: NOW, source: 'test' })
  return head
}

function batch(
  metrics: MetricBatch['metrics'],
  series: MetricBatch['series'],
  samples: MetricBatch['samples'],
) {
  return {
    v: 1 as const,
    id: 'b',
    time: new Date(NOW).toISOString(),
    source: 'test',
    metrics,
    series,
    samples,
  }
}

const textOf = (...given: Parameters<typeof writeExposition>) =>
  Buffer.concat([...writeExposition(...given)]).toString()

function expose(head: ReturnType<typeof createHead>, sinceMs = NOW - 1000): string {
  return textOf(createFamilyReader(head)(sinceMs), 'text')
}

test('what publishers said of a metric stands over its series, and families come sorted', () => {
  const head = filledHead(
    { name: 'stock', type: 'gauge', value: 7 },
    { name: 'orders_total', type: 'counter', value: 2, labels: { region: 'eu' }, help: 'Orders.' },
    { name: 'orders_total', type: 'counter', value: 1, labels: { region: 'eu' } },
  )
  expect(expose(head)).toBe(
    '# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total{region="eu"} 3\n# TYPE stock gauge\nstock 7\n',
  )
})

test('observations are exposed as one histogram', () => {
  const head = filledHead({ name: 'took_seconds', type: 'histogram', value: 0.2, buckets: [0.1, 1] })
  expect(expose(head)).toBe(
    [
      '# TYPE took_seconds histogram',
      'took_seconds_bucket{le="0.1"} 0',
      'took_seconds_bucket{le="1"} 1',
      'took_seconds_bucket{le="+Inf"} 1',
      'took_seconds_count 1',
      'took_seconds_sum 0.2',
      '',
    ].join('\n'),
  )
})

test('a summary published in parts is one family', () => {
  const summary = (name: string) => ({ name, type: 'summary' as const })
  const head = filledHead(
    batch(
      [summary('rpc'), summary('rpc_sum'), summary('rpc_count')],
      [
        [0, { quantile: '0.5' }],
        [1, {}],
        [2, {}],
      ],
      [
        [0, 0.2],
        [1, 4],
        [2, 9],
      ],
    ),
  )
  expect(expose(head)).toBe('# TYPE rpc summary\nrpc{quantile="0.5"} 0.2\nrpc_count 9\nrpc_sum 4\n')
})

test('a series that ended, or has had no sample for too long, is not shown', () => {
  const gauge = [{ name: 'level', type: 'gauge' as const }]
  const ended = filledHead(
    batch(gauge, [[0, {}]], [[0, 1, NOW - 10]]),
    batch(gauge, [[0, {}]], [[0, 'stale']]),
  )
  expect(expose(ended)).toBe('')
  const old = filledHead({ name: 'level', type: 'gauge', value: 1 })
  expect(expose(old, NOW)).toBe('# TYPE level gauge\nlevel 1\n')
  expect(expose(old, NOW + 1)).toBe('')
})

test('series that come and go between scrapes change nothing about the others', () => {
  const head = createHead({ retentionMs: 60_000 })
  const ingester = createIngester(head)
  const set = (i: number, value: number, receivedAtMs: number) =>
    ingester.ingest(
      { name: 'm', type: 'gauge', value, labels: { i: String(i) } },
      { receivedAtMs, source: 'test' },
    )
  const read = createFamilyReader(head)
  const lines = () => textOf(read(0), 'text').split('\n').slice(1, -1)
  for (let i = 0; i < 1200; i++) set(i, i, i % 3 === 0 ? NOW : NOW + 100_000)
  expect(lines()).toHaveLength(1200)
  head.maintain(NOW + 100_000)
  set(5000, 1, NOW + 100_000)
  set(1, -1, NOW + 100_001)
  const after = lines()
  expect(after).toHaveLength(801)
  expect(after.slice(0, 3)).toEqual(['m{i="1"} -1', 'm{i="2"} 2', 'm{i="4"} 4'])
  expect(after.at(-1)).toBe('m{i="5000"} 1')
})

test('a metric that turns out to be a histogram is written as one from then on', () => {
  const head = createHead()
  const bucket = head.intern({ __name__: 'd_bucket', le: '1' })
  if ('refused' in bucket) throw new Error(bucket.detail)
  head.append(bucket, NOW, 1)
  const read = createFamilyReader(head)
  expect(textOf(read(0), 'text')).toContain('# TYPE d_bucket untyped\n')
  head.metadata.declare('d', { type: 'histogram' })
  expect(textOf(read(0), 'text')).toBe('# TYPE d histogram\nd_bucket{le="1"} 1\n')
})

test('one histogram stands after the other, the buckets of each ascending, whatever the order they came in', () => {
  const head = createHead()
  const parts: [string, Record<string, string>, number][] = [
    ['d_bucket', { le: '+Inf', route: '/a' }, 3],
    ['d_bucket', { le: '0.5', route: '/b' }, 1],
    ['d_sum', { route: '/b' }, 0.5],
    ['d_bucket', { le: '0.5', route: '/a' }, 2],
    ['d_bucket', { le: '+Inf', route: '/b' }, 1],
    ['d_bucket', { le: '0.05', route: '/a' }, 0],
    ['d_count', { route: '/a' }, 3],
    ['d_count', { route: '/b' }, 1],
    ['d_sum', { route: '/a' }, 4.5],
  ]
  head.metadata.declare('d', { type: 'histogram' })
  for (const [name, labels, value] of parts) {
    const series = head.intern({ __name__: name, ...labels })
    if ('ref' in series) head.append(series, NOW, value)
  }
  expect(expose(head)).toBe(
    [
      '# TYPE d histogram',
      'd_bucket{le="0.05",route="/a"} 0',
      'd_bucket{le="0.5",route="/a"} 2',
      'd_bucket{le="+Inf",route="/a"} 3',
      'd_count{route="/a"} 3',
      'd_sum{route="/a"} 4.5',
      'd_bucket{le="0.5",route="/b"} 1',
      'd_bucket{le="+Inf",route="/b"} 1',
      'd_count{route="/b"} 1',
      'd_sum{route="/b"} 0.5',
      '',
    ].join('\n'),
  )
})

test('OpenMetrics has exemplars and the time of creation, the text format neither', () => {
  const head = filledHead({
    ...batch(
      [
        { name: 'took_seconds', type: 'histogram', buckets: [1] },
        { name: 'done_total', type: 'counter' },
        { name: 'level', type: 'gauge' },
      ],
      [
        [0, { route: '/ä' }],
        [1, { route: '/ä' }],
        [2, {}],
      ],
      [
        [0, [1, 2], 9.5],
        [1, 4],
        [2, 7],
      ],
    ),
    created: [
      [0, NOW - 2000],
      [1, NOW - 1500],
    ],
    exemplars: [
      [0, { trace_id: 'ab"c' }, 0.25, NOW - 500],
      [1, { trace_id: 'def' }, 1, NOW],
      [2, { trace_id: 'none' }, 1, NOW],
    ],
  })
  expect(textOf(createFamilyReader(head)(0), 'openmetrics')).toBe(
    [
      '# TYPE done counter',
      'done_total{route="/ä"} 4 # {trace_id="def"} 1 1700000000',
      'done_created{route="/ä"} 1699999998.5',
      '# TYPE level gauge',
      'level 7',
      '# TYPE took_seconds histogram',
      'took_seconds_bucket{le="1",route="/ä"} 1 # {trace_id="ab\\"c"} 0.25 1699999999.5',
      'took_seconds_bucket{le="+Inf",route="/ä"} 2',
      'took_seconds_count{route="/ä"} 2',
      'took_seconds_created{route="/ä"} 1699999998',
      'took_seconds_sum{route="/ä"} 9.5',
      '# EOF',
      '',
    ].join('\n'),
  )
  const plain = textOf(createFamilyReader(head)(0), 'text')
  expect(plain).not.toMatch(/trace_id|_created/)
  const without = textOf(createFamilyReader(head, { created: false })(0), 'openmetrics')
  expect(without).toContain('done_total{route="/ä"} 4 # {trace_id="def"}')
  expect(without).not.toContain('_created')
})

test('what is written in many steps is whole, also while another scrape begins', () => {
  const head = createHead()
  const ingester = createIngester(head)
  for (let i = 0; i < 2500; i++)
    ingester.ingest(
      { name: 'm', type: 'gauge', value: i, labels: { i: String(i), text: 'ä'.repeat(i % 90) } },
      { receivedAtMs: NOW, source: 'test' },
    )
  const read = createFamilyReader(head)
  const slow = writeExposition(read(0), 'text')
  const parts = [slow.next().value ?? new Uint8Array(0)]
  expect(textOf(read(0), 'text').split('\n')).toHaveLength(2502)
  for (const part of slow) parts.push(part)
  expect(Buffer.concat(parts as Uint8Array[]).toString()).toBe(textOf(read(0), 'text'))
})
