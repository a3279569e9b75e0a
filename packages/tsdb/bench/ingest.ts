// How fast messages become samples of a head, from their bytes: node packages/tsdb/bench/ingest.ts [series]
import { createMetricReader, type MetricBatch, type MetricEvent } from '@tocsin/contract'
import { createHead, createIngester } from '../src/mod.ts'

const SERIES = Number(process.argv[2] ?? 10_000)
const ROUNDS = 40
const START = Date.parse('2026-03-01T12:00:00Z')
const encoder = new TextEncoder()

const labelsOf = (i: number) => ({
  service: `shop-${i % 7}`,
  instance: `10.0.0.${i % 50}:9100`,
  method: i % 2 ? 'GET' : 'POST',
  route: `/products/${i % 200}`,
  status_code: '200',
  n: String(i),
})
const values = (round: number, i: number) => round * 17 + (i % 900) + (i % 10 === 0 ? 0.25 : 0)

interface Load {
  readonly name: string
  readonly samples: number
  /** The messages of one round. */
  messages(round: number): Uint8Array[]
}

const metrics: MetricBatch['metrics'] = [{ name: 'requests_total', type: 'counter' }]

function batches(size: number, of: (round: number, from: number, to: number) => object) {
  return (round: number) => {
    const messages: Uint8Array[] = []
    for (let from = 0; from < SERIES; from += size)
      messages.push(encoder.encode(JSON.stringify(of(round, from, Math.min(SERIES, from + size)))))
    return messages
  }
}

const range = <T>(from: number, to: number, make: (i: number) => T): T[] =>
  Array.from({ length: to - from }, (_, k) => make(from + k))
const envelopeOf = (round: number) => ({
  v: 1,
  id: `b-${round}`,
  time: new Date(START + round * 1000).toISOString(),
  source: 'bench',
})
const shuffled = range(0, SERIES, (i) => i).sort((a, b) => ((a * 7919) % 104_729) - ((b * 7919) % 104_729))
const event = (round: number, i: number): MetricEvent => ({
  name: 'requests_total',
  type: 'counter',
  value: values(round, i),
  labels: labelsOf(i),
})

const loads: readonly Load[] = [
  {
    name: 'batches with a dictionary',
    samples: SERIES,
    messages: batches(5000, (round, from, to) => ({
      ...envelopeOf(round),
      dictionary: {
        publisher: 'p',
        edition: 0,
        metrics: round + from > 0 ? 1 : 0,
        series: round === 0 ? from : SERIES,
      },
      metrics: round + from > 0 ? [] : metrics,
      series: round === 0 ? range(from, to, (i) => [0, labelsOf(i)]) : [],
      samples: range(from, to, (i) => [i, values(round, i)]),
    })),
  },
  {
    name: 'batches that describe all',
    samples: SERIES,
    messages: batches(1000, (round, from, to) => ({
      ...envelopeOf(round),
      metrics,
      series: range(from, to, (i) => [0, labelsOf(i)]),
      samples: range(0, to - from, (i) => [i, values(round, from + i)]),
    })),
  },
  {
    name: 'events in arrays, in the same order each time',
    samples: SERIES,
    messages: batches(1000, (round, from, to) => range(from, to, (i) => event(round, i))),
  },
  {
    name: 'events in arrays, each with its time',
    samples: SERIES,
    messages: batches(1000, (round, from, to) =>
      range(from, to, (i) => ({
        ...event(round, i),
        time: new Date(START + round * 1000 + (i % 1000)).toISOString(),
      })),
    ),
  },
  {
    name: 'events in arrays, in any order',
    samples: SERIES,
    messages: batches(1000, (round, from, to) =>
      range(from, to, (i) => event(round, shuffled[(i * (2 * round + 1) + round) % SERIES] ?? 0)),
    ),
  },
  {
    name: 'histogram batches with a dictionary (14 samples each)',
    samples: Math.ceil(SERIES / 10) * 14,
    messages: (round) => {
      const n = Math.ceil(SERIES / 10)
      const counts = range(0, 12, (k) => round * 3 + k)
      const batch = {
        ...envelopeOf(round),
        dictionary: { publisher: 'p', edition: 0, metrics: round > 0 ? 1 : 0, series: round > 0 ? n : 0 },
        metrics:
          round > 0 ? [] : [{ name: 'took', type: 'histogram', buckets: range(0, 11, (k) => (k + 1) / 10) }],
        series: round > 0 ? [] : range(0, n, (i) => [0, labelsOf(i)]),
        samples: range(0, n, (i) => [i, counts, round * 1.5]),
      }
      return [encoder.encode(JSON.stringify(batch))]
    },
  },
]

for (const { name, samples, messages } of loads) {
  const head = createHead({ maxSeriesPerMetric: 1e7, maxSeriesPerSource: 1e7, maxSeries: 1e7, maxBytes: 4e9 })
  const ingester = createIngester(head)
  const reader = createMetricReader()
  const times: number[] = []
  let bytes = 0
  let accepted = 0
  for (let round = 0; round < ROUNDS; round++) {
    const list = messages(round)
    const begun = performance.now()
    for (const message of list) {
      const reading = reader.read(message)
      if (!reading) throw new Error(`${name}: needed the JSON parser`)
      accepted += ingester.take(reading, {
        receivedAtMs: START + round * 1000 + 500,
        source: 'bench',
      }).accepted
    }
    times.push(performance.now() - begun)
    bytes = list.reduce((sum, { length }) => sum + length, 0)
  }
  // The first rounds describe everything, and warm up.
  const steady = times.slice(5).sort((a, b) => a - b)
  const median = steady[steady.length >> 1] ?? Number.NaN
  const ns = (median * 1e6) / samples
  console.log(
    `${name}: ${Math.round(ns)} ns a sample, ${(1000 / ns).toFixed(2)} million/s, ${(bytes / samples).toFixed(0)} B a sample; slowest round ${(((steady.at(-1) ?? 0) * 1e6) / samples).toFixed(0)} ns; accepted ${accepted}`,
  )
}
