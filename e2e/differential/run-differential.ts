import { remoteWrite, startPrometheus } from '@tocsin/testkit'
import fc from 'fast-check'
import { fillHead } from './ask-tocsin.ts'
import { compareQuery, type Engines } from './compare-query.ts'
import { generateData } from './generate-data.ts'
import { generatedQueries } from './generate-queries.ts'
import { createTally, type Tally } from './tally.ts'

/** Queries in flight: while Prometheus works on some, Tocsin does on others. */
const LANES = 4

/**
 * Gives a real Prometheus and Tocsin the same data and asks both the same queries; all of it follows from the seed.
 * @throws Error with the smallest query that differs, per lane that found one, and both answers
 */
export async function runDifferential({ seed, runs }: { seed: number; runs: number }): Promise<Tally> {
  const data = generateData(seed)
  const prometheus = await startPrometheus()
  try {
    await remoteWrite(prometheus.url, data)
    const engines: Engines = {
      prometheusUrl: prometheus.url,
      head: fillHead(data),
      nudgedHead: once(() => fillHead(data, nudge())),
      reversedHead: once(() => fillHead(data.toReversed())),
    }
    const tally = createTally()
    const differs = fc.asyncProperty(generatedQueries, (query) => compareQuery(engines, query, tally))
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      // Lanes divide the runs; none draws the queries of another.
      fc.check(differs, { seed: seed * LANES + lane, numRuns: Math.ceil((runs - lane) / LANES) }),
    )
    const failures = (await Promise.all(lanes)).filter(({ failed }) => failed)
    if (failures.length > 0) {
      const shown = failures.map(
        ({ errorInstance, numShrinks }) =>
          `after ${numShrinks} steps of shrinking: ${errorInstance instanceof Error ? errorInstance.message : errorInstance}`,
      )
      throw new Error(`seed ${seed}: Tocsin and Prometheus differ\n\n${shown.join('\n\n')}`)
    }
    return tally
  } finally {
    await prometheus.stop()
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Changes values in their twelfth digit, up and down in turn by differing amounts. */
function nudge(): (value: number) => number {
  let turn = 0
  return (value) => {
    turn = (turn + 0.618033988749895) % 1
    return value * (1 + (turn - 0.5) * 4e-12)
  }
}
