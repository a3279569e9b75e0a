// Measures memory per series and per sample: `node --expose-gc packages/tsdb/bench/memory.ts [series] [samples a series]`.
import { createHead, type Series } from '../src/mod.ts'

const count = Number(process.argv[2] ?? 20_000)
const rounds = Number(process.argv[3] ?? 720)
const collect = globalThis.gc
if (!collect) throw new Error('run with node --expose-gc')

const before = await used()
const head = createHead({ maxBytes: 2 ** 31 })
const series: Series[] = []
for (let i = 0; i < count; i++) {
  const one = head.intern({
    __name__: 'http_requests_total',
    service: `svc${i % 1000}`,
    route: `/r${i}`,
    instance: 'i1',
  })
  if ('refused' in one) throw new Error(one.detail)
  series.push(one)
}
const interned = await used()
report('series without samples', interned - before, head.stats().bytes, count, 'series')
let noise = 1
for (let round = 1; round <= rounds; round++)
  for (const one of series) {
    noise = (noise * 16_807) % 2_147_483_647
    head.append(one, 1.7e12 + round * 5_000 + (noise % 7), (round === 1 ? 0 : one.lastValue) + (noise % 100))
  }
const filled = await used()
const stats = head.stats()
report('all of it', filled - before, stats.bytes, stats.samples, 'sample')
console.log(
  `packed: ${(stats.packedBytes / stats.packedSamples).toFixed(2)} bytes a sample, ${stats.packedSamples} of ${stats.samples} samples`,
)

/** Bytes in use; array buffers are freed some time after the collection that finds them. */
async function used(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function report(what: string, measured: number, estimated: number, units: number, unit: string): void {
  console.log(
    `${what}: ${(measured / 2 ** 20).toFixed(1)} MiB measured, ${(estimated / 2 ** 20).toFixed(1)} MiB estimated; ${(measured / units).toFixed(1)} bytes a ${unit}`,
  )
}
