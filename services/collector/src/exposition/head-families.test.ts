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
