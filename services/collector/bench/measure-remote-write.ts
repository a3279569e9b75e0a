// How many samples of remote write one core takes: bodies decompressed, read, and written as messages for METRICS. NATS
// itself is left out. Run: node services/collector/bench/measure-remote-write.ts [series]

import { createNameChecks } from '../src/remote-write/check-names.ts'
import type { MessageVersion } from '../src/remote-write/choose-message.ts'
import { createLabelSetReader } from '../src/remote-write/read-label-set.ts'
import { receiveWrite } from '../src/remote-write/receive-write.ts'
import { createRooms } from '../src/remote-write/room.ts'
import { createSources } from '../src/remote-write/sources.ts'
import { compress, encodeVersion1, encodeVersion2, type SentSeries } from '../test/encode-write.ts'

const SERIES = Number(process.argv[2] ?? 100_000)
/** As Prometheus sends them: max_samples_per_send. */
const A_REQUEST = 2000
const SCRAPES = 3
const SECONDS = 4
const METRICS = [
  'http_request_duration_seconds_bucket',
  'container_memory_usage_bytes',
  'node_cpu_seconds_total',
]

/** A series with the labels that Kubernetes gives it, at the time of a scrape of its target. */
function seriesOf(i: number, round: number): SentSeries {
  const pod = `checkout-7d9f8b6c5d-${(i >> 5).toString(36)}`
  const labels: Record<string, string> = {
    __name__: METRICS[i % 3] ?? '',
    instance: `ip-10-0-${(i >> 10) & 255}-${i & 31}.eu-west-1.compute.internal:9100`,
    job: 'kubernetes-pods',
    le: ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'][i % 12] ?? '',
    method: ['GET', 'POST', 'PUT'][i % 3] ?? '',
    namespace: 'production',
    pod,
    route: `/api/v1/items/${i % 50}`,
    status: ['200', '404', '500'][(i >> 2) % 3] ?? '',
  }
  const value = i % 3 === 0 ? i * 0.7731 + round : i * 17 + round
  return {
    labels: Object.entries(labels),
    samples: [{ value, timeMs: start + round * 15_000 + (i >> 9) * 7 }],
    metadata: { kind: 1, help: `What ${METRICS[i % 3]} counts.`, unit: '' },
  }
}

const start = Date.now() - 60_000
const names = createNameChecks()
let bytes = 0
let messages = 0
const sources = createSources({
  publish: async (_source, json) => {
    bytes += json.length
    messages++
  },
  now: () => Date.now(),
  maxLength: () => 256 * 1024,
  readLabelSet: createLabelSetReader(names),
  gateOf: () => () => 'held',
  maxSeriesBytes: 200_000_000,
})
const deps = { sources, names, maxBytes: 32 * 1024 * 1024, now: () => Date.now() }
const room = createRooms(Number.MAX_SAFE_INTEGER).enter()

function bodiesOf(version: MessageVersion, round: number): Uint8Array[] {
  const encode = version === 1 ? encodeVersion1 : encodeVersion2
  const bodies: Uint8Array[] = []
  for (let from = 0; from < SERIES; from += A_REQUEST) {
    const count = Math.min(A_REQUEST, SERIES - from)
    bodies.push(compress(encode(Array.from({ length: count }, (_, i) => seriesOf(from + i, round)))))
  }
  return bodies
}

for (const version of [1, 2] as const) {
  const rounds = Array.from({ length: SCRAPES }, (_, round) => bodiesOf(version, round))
  const take = async (bodies: readonly Uint8Array[]) => {
    for (const body of bodies) await receiveWrite(deps, { version, source: `v${version}`, body, room })
  }
  const measure = async (name: string, work: () => Promise<void>) => {
    const cpu = process.cpuUsage()
    const begun = performance.now()
    bytes = 0
    messages = 0
    let scrapes = 0
    do {
      await work()
      scrapes++
    } while (name !== 'new' && performance.now() - begun < SECONDS * 1000)
    const wall = performance.now() - begun
    const { user, system } = process.cpuUsage(cpu)
    const samples = scrapes * SERIES
    console.log(
      `version ${version}, ${name} series: ${Math.round(samples / wall).toLocaleString()} thousand samples/s, ` +
        `${((user + system) / samples).toFixed(2)} µs of CPU and ${(bytes / samples).toFixed(0)} bytes a sample, ` +
        `${messages} messages of ${(bytes / messages / 1024).toFixed(0)} KiB`,
    )
  }
  let next = 0
  await measure('new', () => take(rounds[0] ?? []))
  await measure('known', () => take(rounds[next++ % SCRAPES] ?? []))
  await measure('known', () => take(rounds[next++ % SCRAPES] ?? []))
}
console.log(
  `${sources.knownSeries()} series known, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB of memory`,
)
