import { parseArgs } from 'node:util'
import { compile, createLiveRules, type Labels } from '../src/mod.ts'
import { createMemoryStorage } from '../src/promqltest/mod.ts'

/** CPU time of evaluating many rules on the stream: `node packages/promql/bench/live-rules.ts --rules 1000`. */
const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: '1000' },
    series: { type: 'string', default: '20' },
    cycles: { type: 'string', default: '60' },
  },
})
const [rules, perRule, cycles] = [values.rules, values.series, values.cycles].map(Number) as [
  number,
  number,
  number,
]
const STEP_MS = 5000

const labels: Labels[] = Array.from({ length: rules * perRule }, (_, i) => ({
  __name__: 'http_requests_total',
  service: `svc${Math.floor(i / perRule)}`,
  route: `/r${i % 4}`,
  instance: `i${i % perRule}`,
}))
const live = createLiveRules({ queryable: createMemoryStorage() })
const added = Array.from({ length: rules }, (_, i) =>
  live.add(compile(`sum by (route) (rate(http_requests_total{service="svc${i}"}[1m])) > 100`)),
)

let time = 1_700_000_000_000
for (const rule of added) rule.evaluate(time)
const cpu: number[] = []
for (let cycle = 0; cycle < cycles; cycle++) {
  time += STEP_MS
  const before = process.cpuUsage()
  for (const one of labels) live.append(one, time, cycle * 3000)
  for (const rule of added) rule.evaluate(time)
  const { user, system } = process.cpuUsage(before)
  // The first cycles compile the code and fill the windows.
  if (cycle >= cycles / 2) cpu.push((user + system) / 1e6)
}

const latency: number[] = []
for (let event = 0; event < 5000; event++) {
  time += 1
  const started = performance.now()
  const one = labels[(event * 7919) % labels.length] ?? {}
  for (const rule of live.append(one, time, 1e6 + event)) rule.evaluate(time)
  latency.push(performance.now() - started)
}

const median = (numbers: number[]): number =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
console.log(`${rules} rules over ${labels.length} series, a sample each per cycle:`)
console.log(`  ${median(cpu).toFixed(3)} CPU seconds a cycle (median of ${cpu.length})`)
console.log(`  ${median(latency).toFixed(3)} ms from an event to its rule evaluated (median)`)
