import { metricBatch } from '@tocsin/contract'
import { createHead, createIngester } from '@tocsin/tsdb'
import { expect, test } from 'vitest'
import { createOutputBook, type OutputSample } from './output-book.ts'

const START = Date.UTC(2026, 0, 1)
const [a, b] = [
  { __name__: 'ALERTS', alertname: 'A', alertstate: 'firing' },
  { __name__: 'recorded', job: 'x' },
]
const sample = (labels: OutputSample['labels'], seconds: number, value: number | 'stale') => ({
  labels,
  timeMs: START + seconds * 1000,
  value,
})

test('series are described once an edition, and a reader has what was written', () => {
  const book = createOutputBook('rules', 'p')
  const head = createHead()
  const ingester = createIngester(head)
  const batches = [
    [sample(a, 1, 1), sample(b, 1, Number.POSITIVE_INFINITY)],
    [sample(a, 2, 1), sample(b, 2, Number.NaN)],
    [sample(a, 3, 'stale'), sample(b, 3, 7)],
  ].map((samples, i) => book.write(samples, START + (i + 1) * 1000))
  expect(batches.map(({ series }) => series.length)).toEqual([2, 0, 0])
  for (const batch of batches) {
    const parsed = metricBatch.parse(JSON.parse(JSON.stringify(batch)))
    const result = ingester.ingest(parsed, { receivedAtMs: START + 5000, source: 'rules' })
    expect(result).toMatchObject({ accepted: 2, refused: [] })
  }
  expect(head.find(a)?.lastIsStale).toBe(true)
  expect(head.find(b)).toMatchObject({ lastValue: 7, source: 'rules' })
})

test('what was lost is described anew, and everything every half minute', () => {
  const book = createOutputBook('rules', 'p')
  book.write([sample(a, 1, 1)], START)
  book.lost()
  expect(book.write([sample(a, 1, 1)], START).series).toHaveLength(1)
  expect(book.write([sample(a, 2, 1)], START + 1000).series).toHaveLength(0)
  expect(book.write([sample(a, 31, 1)], START + 31_000).series).toHaveLength(1)
})
