import { parseArgs } from 'node:util'
import { runDifferential } from './run-differential.ts'

/** Holds Tocsin's engine to the Prometheus on PATH: `npm run differential -- --seed 7 --runs 5000`. */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '42' }, runs: { type: 'string', default: '2000' } },
})
const seed = Number(values.seed)
const runs = Number(values.runs)
if (!Number.isSafeInteger(seed) || !(runs > 0)) throw new Error('--seed and --runs take whole numbers')
const started = performance.now()
try {
  const { answered, empty, refused, known, features } = await runDifferential({ seed, runs })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${runs} queries, each at an instant and over a range, answered alike in ${seconds} s (seed ${seed})`,
  )
  console.log(`with values ${answered}, empty ${empty}, refused by both ${refused}`)
  for (const [name, count] of known) console.log(`set aside as known (${name}): ${count}`)
  const counted = [...features].sort(([, a], [, b]) => a - b).map(([name, count]) => `${name} ${count}`)
  console.log(`answers with values, by what is in the query: ${counted.join(', ')}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
