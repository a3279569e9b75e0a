// Measures what a head costs: `node packages/tsdb/bench/speed.ts`. Figures of one run compare with each other only.
import { cpus, loadavg } from 'node:os'
import { createMatcher } from '@tocsin/promql'
import { createHead, createIngester, type Head, restoreHead, type Series } from '../src/mod.ts'
import { measure } from './timed.ts'

const SERIES = 20_000
const STEP_MS = 5_000
const START = 1.7e12

console.log(`${SERIES} series, Node ${process.version}; CPU time, median of three runs of a second each`)
console.log(`load average ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores: ${cpus()[0]?.model}\n`)

const head = createHead({ retentionMs: 3_600_000, maxBytes: 2 ** 30 })
const series = internAll(head)
let time = START
let noise = 1

function internAll(into: Head, count = SERIES): Series[] {
  return Array.from({ length: count }, (_, i) => {
    const one = into.intern(labelsOf(i))
    if ('refused' in one) throw new Error(one.detail)
    return one
  })
}

function labelsOf(i: number): Record<string, string> {
  return {
    __name__: 'http_requests_total',
    service: `svc${i % 1000}`,
    route: `/r${Math.floor(i / 1000) % 5}`,
    instance: `i${Math.floor(i / 5000)}`,
  }
}

function random(): number {
  noise = (noise * 16_807) % 2_147_483_647
  return noise
}

/** One sample for each series, as counters have them: integers that rise unevenly. */
function appendRound(): void {
  time += STEP_MS
  for (const one of series)
    head.append(one, time, (Number.isNaN(one.lastValue) ? 0 : one.lastValue) + (random() % 100))
  if ((time / STEP_MS) % 60 === 0) head.maintain(time)
}

measure('append to a known series, packing included', SERIES, appendRound)
const few = createHead()
const fewSeries = internAll(few, 200)
let fewTime = START
measure('append to a known series, of 200 that stay in the cache', 200 * 100, () => {
  for (let i = 0; i < 100; i++) {
    fewTime += STEP_MS
    for (const one of fewSeries)
      few.append(one, fewTime, (Number.isNaN(one.lastValue) ? 0 : one.lastValue) + (random() % 100))
  }
  few.maintain(fewTime)
})
measure('append to a known series that stands still, of 200', 200 * 100, () => {
  for (let i = 0; i < 100; i++) {
    fewTime += STEP_MS
    for (const one of fewSeries) few.append(one, fewTime, 1)
  }
  few.maintain(fewTime)
})
let index = 0
measure('find a known series by its labels', 1_000, () => {
  for (let i = 0; i < 1_000; i++) head.intern(labelsOf(index++ % SERIES))
})
// At least the hour that is kept.
for (let i = 0; i < 800; i++) appendRound()
head.maintain(time)

const service = (i: number) => [
  createMatcher('__name__', '=', 'http_requests_total'),
  createMatcher('service', '=', `svc${i}`),
]
const compiled = Array.from({ length: 1_000 }, (_, i) => service(i))
const read = (selectors: readonly ReturnType<typeof service>[], rangeMs: number) => {
  let samples = 0
  for (const selector of selectors)
    for (const { values } of head.select(selector, time - rangeMs, time)) samples += values.length
  return samples
}
measure('select [1m] of one series, matchers known', SERIES, () => void read(compiled, 60_000))
measure(
  'select [1m] of one series, matchers new',
  SERIES,
  () =>
    void read(
      compiled.map((_, i) => service(i)),
      60_000,
    ),
)
measure('select [1h] of one series (720 samples)', 2_000, () => void read(compiled.slice(0, 100), 3_600_000))
measure('unpack one sample ([1h])', 2_000 * 720, () => void read(compiled.slice(0, 100), 3_600_000))
measure(
  'resolve service=~"svc1.*" over 1,000 values, matchers new',
  1,
  () =>
    void head.matchSeries([
      createMatcher('__name__', '=', 'http_requests_total'),
      createMatcher('service', '=~', 'svc1.*'),
    ]),
)
measure('maintain', 1, () => void head.maintain(time))

const { samples, bytes, packedBytes, packedSamples } = head.stats()
console.log(
  `\nheld: ${samples} samples; packed: ${(packedBytes / packedSamples).toFixed(2)} bytes a sample; estimated ${(bytes / 2 ** 20).toFixed(0)} MiB`,
)

const begin = performance.now()
const parts = head.snapshot(1)
const captured = performance.now()
const taken = [...parts]
const written = performance.now()
const restored = await restoreHead(taken)
const size = taken.reduce((sum, part) => sum + part.length, 0) / 2 ** 20
console.log(
  `snapshot: captured in ${(captured - begin).toFixed(0)} ms, ${size.toFixed(0)} MiB written in ${(written - captured).toFixed(0)} ms, restored in ${(performance.now() - written).toFixed(0)} ms (${restored.head.stats().samples} samples)\n`,
)

const small = createHead()
const ingester = createIngester(small)
let received = START
const send = (event: Parameters<typeof ingester.ingest>[0]) => {
  received += 1
  ingester.ingest(event, { receivedAtMs: received, source: 'shop' })
}
measure('ingest a counter event', 1_000, () => {
  for (let i = 0; i < 1_000; i++)
    send({ name: 'orders_total', type: 'counter', value: 1, labels: { region: `r${i % 10}` } })
})
measure('ingest an observation (14 series)', 1_000, () => {
  for (let i = 0; i < 1_000; i++)
    send({
      name: 'latency_seconds',
      type: 'histogram',
      value: (i % 100) / 50,
      labels: { region: `r${i % 10}` },
    })
})
const batchSeries = Array.from({ length: 500 }, (_, i): [number, Record<string, string>] => [
  0,
  { route: `/r${i}`, service: 'shop', instance: 'i1' },
])
measure('ingest one sample of a batch of 500', 500, () => {
  received += 250
  const time = new Date(received).toISOString()
  const samples = batchSeries.map((_, i): [number, number] => [i, received % 1e6])
  send({
    v: 1,
    id: `b${received}`,
    time,
    source: 'shop',
    metrics: [{ name: 'requests_total', type: 'counter' }],
    series: batchSeries,
    samples,
  })
})
