// How long a scrape of many series takes, and for how long at most it holds the event loop.
// Run: node services/collector/bench/measure-exposition.ts [series]
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Writable } from 'node:stream'
import { createHead, createIngester } from '@tocsin/tsdb'
import { createFamilyReader } from '../src/exposition/head-families.ts'
import { writeExposition } from '../src/exposition/write-exposition.ts'
import { sendPieces } from '../src/http/send-pieces.ts'

const count = Number(process.argv[2] ?? 100_000)
const now = 1_700_000_000_000
const head = createHead({ maxSeries: count * 2, maxSeriesPerSource: count * 2 })
const ingester = createIngester(head)
for (let i = 0; i < count; i++) {
  const labels = {
    service: 'checkout',
    region: 'eu-west-1',
    route: `/api/v1/items/${i % 50}`,
    i: String(i),
  }
  ingester.ingest(
    { name: `http_requests_${Math.floor(i / 20_000)}_total`, type: 'counter', value: i, labels },
    { receivedAtMs: now, source: 'bench' },
  )
}

const readFamilies = createFamilyReader(head)
for (let round = 1; round <= 6; round++) {
  let bytes = 0
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      done()
    },
  })
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const cpu = process.cpuUsage()
  const begun = performance.now()
  await sendPieces(writeExposition(readFamilies(now - 1), 'text'), sink, new AbortController().signal)
  const wall = performance.now() - begun
  const { user, system } = process.cpuUsage(cpu)
  delay.disable()
  console.log(
    `round ${round}: ${wall.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU, ${(bytes / 1e6).toFixed(1)} MB, longest hold ${(delay.max / 1e6).toFixed(1)} ms`,
  )
}
