// Measures the compression of this host's own metrics: `node packages/tsdb/bench/bytes-per-sample.ts [seconds] [interval ms]`.
// Timestamps are taken when the values are read, so they carry the timer's real jitter.
import type { BitCursor } from '../src/chunks/bit-cursor.ts'
import { maxPackedWords, packColumn } from '../src/chunks/pack-chunk.ts'
import { writeXorColumn } from '../src/chunks/xor-column.ts'
import { createHead, type Series } from '../src/mod.ts'
import { readHostMetrics } from './host-metrics.ts'

const seconds = Number(process.argv[2] ?? 300)
const intervalMs = Number(process.argv[3] ?? 1000)
const head = createHead()
const all = new Map<Series, number>()
const ends = performance.now() + seconds * 1000

while (performance.now() < ends) {
  const due = performance.now() + intervalMs
  const time = Date.now()
  for (const { labels, value } of readHostMetrics()) {
    const series = head.intern(labels)
    if ('refused' in series) throw new Error(series.detail)
    if (series.lastTimeMs > 0 && series.lastValue !== value) all.set(series, (all.get(series) ?? 0) + 1)
    head.append(series, time, value)
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
}

// Packs what is still open, so that every sample is in the figure.
head.maintain(Date.now() + 15 * 60_000)
const { series, packedSamples, packedBytes } = head.stats()
const busy = createHead()
const valueBits = { chosen: 0, xor: 0 }
for (const one of all.keys()) {
  const samples = head.read(one, 0, Number.MAX_SAFE_INTEGER)
  const copy = busy.intern(one.labels)
  if (!samples || 'refused' in copy) continue
  for (const [i, time] of samples.timestamps.entries()) busy.append(copy, time, samples.values[i] ?? 0)
  countValueBits(samples.values)
}
busy.maintain(Date.now() + 15 * 60_000)
const moving = busy.stats()

console.log(`${seconds} s every ${intervalMs} ms, ${process.platform}, Node ${process.version}`)
console.log(`all series:          ${report(series, packedSamples, packedBytes)}`)
console.log(`series that changed: ${report(moving.series, moving.packedSamples, moving.packedBytes)}`)

function report(count: number, samples: number, bytes: number): string {
  return `${count} series, ${samples} samples, ${bytes} bytes, ${(bytes / samples).toFixed(2)} bytes a sample`
}
console.log(
  `their values alone:  ${perSample(valueBits.chosen)} bytes a sample; all by XOR: ${perSample(valueBits.xor)}`,
)

/** What the values take in chunks of 128, as they are packed and by Gorilla's XOR alone. */
function countValueBits(values: Float64Array): void {
  for (let from = 0; from < values.length; from += 128) {
    const count = Math.min(128, values.length - from)
    const words = () => new Uint32Array(maxPackedWords(count))
    const chosen: BitCursor = { words: words(), bit: 0 }
    packColumn(chosen, values, from, count)
    const xor: BitCursor = { words: words(), bit: 0 }
    writeXorColumn(xor, values, from, count)
    valueBits.chosen += chosen.bit
    valueBits.xor += xor.bit
  }
}

function perSample(bits: number): string {
  return (bits / 8 / moving.packedSamples).toFixed(2)
}
