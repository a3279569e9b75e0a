import { remoteWrite, startPrometheus } from '@tocsin/testkit'
import fc from 'fast-check'
import { createMemoryStorage } from '../../src/promqltest/mod.ts'
import { createMatcher } from '../../src/storage.ts'
import { compareEngines } from './compare.ts'
import { expressions } from './queries.ts'
import { INTERVAL_MS, testSeries } from './series.ts'

/** Asks a real Prometheus and this engine the same queries over the same data. @throws Error with the smallest that differs */
export async function runDifferential({ seed, runs }: { seed: number; runs: number }): Promise<void> {
  const storage = createMemoryStorage()
  for (const { labels, firstMs, values } of testSeries(seed))
    storage.load(labels, INTERVAL_MS, values, firstMs)
  const prometheus = await startPrometheus()
  try {
    const everything = [createMatcher('__name__', '!=', '')]
    await remoteWrite(prometheus.url, [...storage.select(everything, 0, Number.MAX_SAFE_INTEGER)])
    await fc.assert(
      fc.asyncProperty(expressions, async (expr) => {
        const difference = await compareEngines(prometheus.url, storage, expr)
        if (difference) throw new Error(difference)
      }),
      { seed, numRuns: runs },
    )
  } finally {
    await prometheus.stop()
  }
}
