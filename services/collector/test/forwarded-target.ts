import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bytes, double, int, text, zigzagInt } from './encode-write.ts'

/** An application that Prometheus scrapes: counters go up with each scrape of theirs. */
export interface ForwardedTarget {
  readonly port: number
  /** How often each path was scraped. */
  readonly scrapes: ReadonlyMap<string, number>
  /** Stops answering, as an application does that is gone; or is there again. */
  setGone(isGone: boolean): void
  close(): Promise<void>
}

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const PROTOBUF =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'

/** Serves `/classic` as OpenMetrics with exemplars, and `/native` as protobuf with a native histogram. */
export async function startTarget(): Promise<ForwardedTarget> {
  const scrapes = new Map<string, number>()
  let isGone = false
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const count = (scrapes.get(path) ?? 0) + 1
    if (isGone) {
      response.writeHead(503).end()
      return
    }
    scrapes.set(path, count)
    if (path === '/native') response.setHeader('content-type', PROTOBUF).end(nativeFamily(count))
    else response.setHeader('content-type', OPEN_METRICS).end(classicFamilies(count))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    scrapes,
    setGone(gone) {
      isGone = gone
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function classicFamilies(n: number): string {
  const exemplar = (value: number) => ` # {trace_id="trace${n}"} ${value} ${Date.now() / 1000}`
  return [
    '# HELP orders Orders taken.',
    '# TYPE orders counter',
    `orders_total{region="eu",note="a \\"b\\" ü"} ${n * 3}${exemplar(1)}`,
    `orders_total{region="us"} ${n % 7}`,
    '# HELP took_seconds Time taken.',
    '# TYPE took_seconds histogram',
    '# UNIT took_seconds seconds',
    ...['0.1', '1.0', '+Inf'].map(
      (le, i) => `took_seconds_bucket{le="${le}"} ${n * (i + 1)}${exemplar(0.05 + i)}`,
    ),
    `took_seconds_sum ${n * 1.7}`,
    `took_seconds_count ${n * 3}`,
    '# HELP size_bytes Sizes.',
    '# TYPE size_bytes summary',
    '# UNIT size_bytes bytes',
    `size_bytes{quantile="0.5"} ${n % 3 === 0 ? 'NaN' : 100 + n}`,
    `size_bytes_sum ${n * 120}`,
    `size_bytes_count ${n}`,
    '# TYPE level gauge',
    `level{unit="C"} ${-20.5 + n * 0.1}`,
    `level{unit="F"} ${n % 4 === 0 ? '+Inf' : 1e-9 * n}`,
    ...(n % 5 < 3 ? ['# TYPE sometimes gauge', `sometimes ${n}`] : []),
    '# EOF',
    '',
  ].join('\n')
}

/** `native_seconds` at schema 2: observations from 0.01 to 40 s in 40 buckets, growing from scrape to scrape. */
function nativeFamily(n: number): Uint8Array {
  const counts = Array.from({ length: 48 }, (_, i) => n * ((i % 5) + 1))
  const deltas = counts.map((count, i) => count - (counts[i - 1] ?? 0))
  const total = counts.reduce((sum, count) => sum + count, 0)
  const histogram = Buffer.concat([
    int(1, total + n),
    double(2, total * 0.5),
    zigzagInt(5, 2),
    double(6, 2 ** -128),
    int(7, n),
    bytes(12, Buffer.concat([zigzagInt(1, -26), int(2, 48)])),
    ...deltas.map((delta) => zigzagInt(13, delta)),
  ])
  const label = bytes(1, Buffer.concat([text(1, 'route'), text(2, '/a')]))
  const family = Buffer.concat([
    text(1, 'native_seconds'),
    text(2, 'Time taken.'),
    int(3, 4),
    bytes(4, Buffer.concat([label, bytes(7, histogram)])),
  ])
  // Each family has its length before it.
  return bytes(0, family).subarray(1)
}
