import { metricBatch, parseMetricMessage } from '@tocsin/contract'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createOwnBook } from './own-book.ts'
import { ownSeries } from './own-series.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const identity = { service: 'test', instance: 'h:1' }

function setUp() {
  const registry = new Registry()
  const registers = [registry]
  const book = createOwnBook({ source: 'tocsin-test', publisher: 'p', startedMs: START })
  const read = async () => ownSeries(await registry.getMetricsAsJSON(), identity)
  return {
    registers,
    async write(second: number, last = false) {
      const written = book.write(await read(), START + second * 1000, last)
      expect(metricBatch.parse(written.batch)).toEqual(written.batch)
      return written
    },
  }
}

test('everything is described once an edition, and its level goes out every time', async () => {
  const { registers, write } = setUp()
  new Counter({ name: 'jobs_total', help: 'Jobs.', registers }).inc(2)
  new Gauge({ name: 'depth', help: 'Depth.', labelNames: ['queue'], registers }).set({ queue: 'a' }, Infinity)
  const histogram = new Histogram({ name: 'took_seconds', help: 'Time.', buckets: [0.1, 1], registers })
  histogram.observe(0.5)

  const first = await write(1)
  expect(first.batch).toMatchObject({
    source: 'tocsin-test',
    time: '2026-01-01T00:00:01.000Z',
    dictionary: { publisher: 'p', edition: 1, metrics: 0, series: 0 },
    metrics: [
      { name: 'jobs_total', type: 'counter', help: 'Jobs.' },
      { name: 'depth', type: 'gauge', help: 'Depth.' },
      { name: 'took_seconds', type: 'histogram', help: 'Time.', buckets: [0.1, 1] },
    ],
    series: [
      [0, identity],
      [1, { queue: 'a', ...identity }],
      [2, identity],
    ],
  })
  expect(first.batch.samples).toEqual([
    [0, 0, START],
    [0, 2],
    [1, '+Inf'],
    [2, [0, 0, 0], 0, START],
    [2, [0, 1, 1], 0.5],
  ])
  expect(parseMetricMessage(JSON.parse(JSON.stringify(first.batch))).faults).toEqual([])
  first.stored()

  const levels = [
    [0, 2],
    [1, '+Inf'],
    [2, [0, 1, 1], 0.5],
  ]
  for (const second of [2, 3, 4]) {
    const { batch, stored } = await write(second)
    expect(batch).toMatchObject({
      dictionary: { edition: 1, metrics: 3, series: 3 },
      metrics: [],
      series: [],
      samples: levels,
    })
    stored()
  }
  expect((await write(5)).batch).toMatchObject({
    dictionary: { edition: 2, metrics: 0, series: 0 },
    samples: levels,
  })
})

test('a counter that appears stood at zero when the others were published last', async () => {
  const { registers, write } = setUp()
  const jobs = new Counter({ name: 'jobs_total', help: 'Jobs.', labelNames: ['kind'], registers })
  ;(await write(1)).stored()
  jobs.inc({ kind: 'a' })
  const lost = await write(2)
  expect(lost.batch.samples).toEqual([
    [0, 0, START + 1000],
    [0, 1],
  ])
  jobs.inc({ kind: 'a' })
  // What was lost is told again, to readers that know nothing.
  const again = await write(3)
  expect(again.batch.dictionary).toEqual({ publisher: 'p', edition: 2, metrics: 0, series: 0 })
  expect(again.batch.samples).toEqual([
    [0, 0, START + 1000],
    [0, 2],
  ])
  again.stored()
  expect((await write(4)).batch.samples).toEqual([[0, 2]])
})

test('a series that is gone ends, also when its end was lost, and may come again', async () => {
  const { registers, write } = setUp()
  const depth = new Gauge({ name: 'depth', help: 'Depth.', labelNames: ['queue'], registers })
  depth.set({ queue: 'a' }, 1)
  ;(await write(1)).stored()
  depth.remove({ queue: 'a' })
  expect((await write(2)).batch.samples).toEqual([[0, 'stale', START + 2001]])
  const told = await write(3)
  expect(told.batch.series).toEqual([[0, { queue: 'a', ...identity }]])
  expect(told.batch.samples).toEqual([[0, 'stale', START + 3001]])
  told.stored()
  depth.set({ queue: 'a' }, 2)
  const back = await write(4)
  expect(back.batch.series).toEqual([[0, { queue: 'a', ...identity }]])
  expect(back.batch.samples).toEqual([[1, 2]])
})

test('the last batch says how everything stood, and ends it', async () => {
  const { registers, write } = setUp()
  new Counter({ name: 'jobs_total', help: 'Jobs.', registers }).inc(2)
  new Histogram({ name: 'took_seconds', help: 'Time.', buckets: [1], registers }).observe(0.5)
  ;(await write(1)).stored()
  const { batch } = await write(2, true)
  expect(batch.samples).toEqual([
    [0, 2],
    [1, [1, 1], 0.5],
    [0, 'stale', START + 2001],
    [1, 'stale', START + 2001],
  ])
})

test('what only a debugger asks for is not published', async () => {
  const { registers, write } = setUp()
  new Gauge({ name: 'nodejs_heap_space_size_used_bytes', help: 'h', labelNames: ['space'], registers }).set(
    { space: 'new' },
    1,
  )
  new Gauge({ name: 'nodejs_heap_size_used_bytes', help: 'h', registers }).set(1)
  expect((await write(1)).batch.metrics.map(({ name }) => name)).toEqual(['nodejs_heap_size_used_bytes'])
})
