// npm run bench -- <name>: every benchmark compares two things in one run.
import { alerts } from './alerts.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import { notify } from './notify.ts'
import { rules } from './rules.ts'
import { scrape } from './scrape.ts'
import { throughput } from './throughput.ts'

const benchmarks: Readonly<Record<string, (rounds: number | undefined) => Promise<void>>> = {
  alerts,
  latency,
  memory,
  notify,
  rules,
  scrape,
  throughput,
}

const [name = 'latency', rounds] = process.argv.slice(2)
const benchmark = benchmarks[name]
if (benchmark) await benchmark(rounds === undefined ? undefined : Number(rounds))
else {
  console.error(`there is no benchmark '${name}'; there are: ${Object.keys(benchmarks).join(', ')}`)
  process.exitCode = 1
}
