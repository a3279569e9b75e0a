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

function expose(head: ReturnType<typeof createHead>, sinceMs = NOW - 1000): string {
  return [...writeExposition(createFamilyReader(head)(sinceMs), 'text')].join('')
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
  const lines = () => [...writeExposition(read(0), 'text')].join('').split('\n').slice(1, -1)
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
  expect([...writeExposition(read(0), 'text')].join('')).toContain('# TYPE d_bucket untyped\n')
  head.metadata.declare('d', { type: 'histogram' })
  expect([...writeExposition(read(0), 'text')].join('')).toBe('# TYPE d histogram\nd_bucket{le="1"} 1\n')
})
