import { type BatchMetric, metricBatch } from '@tocsin/contract'
import { expect, it } from 'vitest'
import { createBatchWriter } from './batch-writer.ts'

const counter: BatchMetric = { name: 'calls_total', type: 'counter', temporality: 'delta' }
const histogram: BatchMetric = { name: 'took_seconds', type: 'histogram', buckets: [0.1, 1] }
const of = { id: 'request-1', source: 'shop', timeMs: Date.UTC(2026, 2, 1) }

it('writes what the contract says, with every kind of value', () => {
  const writer = createBatchWriter(of)
  writer.metadata({ name: 'rpc_seconds', type: 'histogram', help: 'Calls.' })
  const calls = writer.series(counter, { a: '1' })
  calls.created(1000)
  for (const value of [1.5, Number.NaN, Infinity, -Infinity, 'stale'] as const) calls.sample(value, 2000.4)
  const took = writer.series(histogram, { a: '1' })
  took.histogram([1, 2, 2], 0.4, 3000)
  took.exemplar({ trace_id: 'abc' }, 0.3, 2900)
  const [message, ...more] = writer.finish()
  expect(more).toEqual([])
  expect(metricBatch.parse(JSON.parse(message?.json ?? ''))).toEqual({
    v: 1,
    id: 'request-1-0',
    time: '2026-03-01T00:00:00.000Z',
    source: 'shop',
    metadata: [{ name: 'rpc_seconds', type: 'histogram', help: 'Calls.' }],
    metrics: [counter, histogram],
    series: [
      [0, { a: '1' }],
      [1, { a: '1' }],
    ],
    created: [[0, 1000]],
    exemplars: [[1, { trace_id: 'abc' }, 0.3, 2900]],
    samples: [
      [0, 1.5, 2000],
      [0, 'NaN', 2000],
      [0, '+Inf', 2000],
      [0, '-Inf', 2000],
      [0, 'stale', 2000],
      [1, [1, 2, 2], 0.4, 3000],
    ],
  })
})

it('begins another message when one is full, each by itself', () => {
  const writer = createBatchWriter({ ...of, maxLength: 500 })
  for (let i = 0; i < 20; i++) writer.series(counter, { i: String(i) }).sample(i, 1000)
  const messages = writer.finish()
  expect(messages.length).toBeGreaterThan(2)
  expect(messages.map(({ id }) => id)).toEqual(messages.map((_, i) => `request-1-${i}`))
  const values = messages.flatMap(({ json }) => {
    const { series, samples } = metricBatch.parse(JSON.parse(json))
    return samples.map(([place, value]) => [series[place]?.[1]['i'], value])
  })
  expect(values).toEqual(Array.from({ length: 20 }, (_, i) => [String(i), i]))
})

it('writes nothing for nothing', () => {
  expect(createBatchWriter(of).finish()).toEqual([])
})
