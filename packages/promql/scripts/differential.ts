import { parseArgs } from 'node:util'
import { runDifferential } from '../test/differential/run-differential.ts'

/** Compares this engine with the Prometheus on PATH: `npm run differential -- --seed 7 --runs 2000`. */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '42' }, runs: { type: 'string', default: '2000' } },
})
const started = performance.now()
await runDifferential({ seed: Number(values.seed), runs: Number(values.runs) })
const seconds = ((performance.now() - started) / 1000).toFixed(1)
console.log(
  `${values.runs} queries, instant and range, gave the same answers (seed ${values.seed}, ${seconds} s)`,
)
