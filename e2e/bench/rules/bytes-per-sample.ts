import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { remoteWrite, type Server, startPrometheus } from '@tocsin/testkit'
import { createHead } from '@tocsin/tsdb'
import { CYCLE_MS } from './load.ts'

const SERIES = 1000
const SAMPLES = 720
const SERIES_A_REQUEST = 100

/** The same hour of counters in Tocsin's head and in Prometheus': bytes of a compressed sample. */
export async function bytesPerSample(): Promise<void> {
  const endMs = Math.floor(Date.now() / CYCLE_MS) * CYCLE_MS
  const series = Array.from({ length: SERIES }, (_, i) => createSeries(i, endMs))
  const head = createHead()
  for (const { labels, timestamps, values } of series) {
    const interned = head.intern(labels)
    if (!('ref' in interned)) throw new Error(interned.detail)
    for (const [i, time] of timestamps.entries()) head.append(interned, time, values[i] ?? 0)
  }
  const { packedBytes, packedSamples } = head.stats()

  const prometheus = await startPrometheus({ args: ['--web.enable-admin-api'] })
  try {
    for (let i = 0; i < SERIES; i += SERIES_A_REQUEST)
      await remoteWrite(prometheus.url, series.slice(i, i + SERIES_A_REQUEST))
    const { bytes, samples } = await snapshotChunks(prometheus)
    console.log(
      `\nBytes of a compressed sample, ${SERIES} counters over ${SAMPLES} samples with a jittered clock, chunk headers included:\n` +
        `Tocsin's head ${(packedBytes / packedSamples).toFixed(2)} (packedBytes / packedSamples of its stats), ` +
        `Prometheus ${(bytes / samples).toFixed(2)} (files of chunks / samples in a snapshot of its head)`,
    )
  } finally {
    await prometheus.stop()
  }
}

/** Lets Prometheus write its head down, and measures the chunks. */
async function snapshotChunks({ url, dataDir }: Server): Promise<{ bytes: number; samples: number }> {
  const response = await fetch(`${url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' })
  const { data } = (await response.json()) as { data: { name: string } }
  const snapshot = join(dataDir, 'tsdb', 'snapshots', data.name)
  let [bytes, samples] = [0, 0]
  for (const block of readdirSync(snapshot)) {
    const chunks = join(snapshot, block, 'chunks')
    for (const file of readdirSync(chunks)) bytes += statSync(join(chunks, file)).size
    const meta = JSON.parse(readFileSync(join(snapshot, block, 'meta.json'), 'utf8'))
    samples += (meta as { stats: { numSamples: number } }).stats.numSamples
  }
  return { bytes, samples }
}

function createSeries(i: number, endMs: number) {
  const labels = { __name__: 'http_requests_total', service: `svc${i % 50}`, route: `/route/${i}` }
  const timestamps = new Float64Array(SAMPLES)
  const values = new Float64Array(SAMPLES)
  for (let n = 0; n < SAMPLES; n++) {
    timestamps[n] = endMs - (SAMPLES - n) * CYCLE_MS + Math.floor(Math.random() * 7)
    values[n] = (values[n - 1] ?? 0) + Math.floor(Math.random() * 100)
  }
  return { labels, timestamps, values }
}
