import { setTimeout as delay } from 'node:timers/promises'
import { cpuSeconds, residentBytes } from '../rules/process-usage.ts'
import { header, quantile, row } from '../statistics.ts'
import { type EvaluatorWorld, onFiring, startEvaluatorWorld } from './evaluator-world.ts'

const SERIES_A_RULE = 20
const FEW = 100
const MANY = 5000
// Series of one metric have a limit in the head.
const METRICS = 10
const REFRESH_MS = 15_000
const EVENTS = 600
// The first wait for all that was published to begin with.
const WARM_UP = 20
const EVERY_MS = 25
const QUIET = 1
const OVER = 150

/**
 * From an event to its alert published, among few and among many rules over 20 series each, while every series has a
 * sample every 15 s.
 */
export async function manyRules(rounds: number): Promise<void> {
  const figures: ({ rules: number } & Awaited<ReturnType<typeof measure>>)[] = []
  for (let round = 0; round < rounds; round++)
    for (const rules of [FEW, MANY]) figures.push({ rules, ...(await measure(rules)) })
  console.log('\nFrom a metric event to its alert published, both stored by JetStream:\n')
  console.log(header)
  for (const rules of [FEW, MANY]) {
    const own = figures.filter((one) => one.rules === rules)
    console.log(
      row(
        `${rules} rules x ${SERIES_A_RULE} series`,
        own.flatMap(({ latencies }) => latencies),
      ),
    )
  }
  for (const { rules, cores, residentMiB } of figures)
    console.log(
      `${rules} rules: ${cores.toFixed(2)} cores of the evaluator's process, ${residentMiB.toFixed(0)} MiB resident`,
    )
  const ratios = Array.from({ length: rounds }, (_, round) => {
    const [few, many] = [figures[2 * round], figures[2 * round + 1]]
    return quantile(many?.latencies ?? [], 0.5) / quantile(few?.latencies ?? [], 0.5)
  })
  console.log(`ratio of the medians by round: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`)
}

async function measure(rules: number) {
  const world = await startEvaluatorWorld(rulesOf(rules))
  try {
    await refresh(world, rules, 0)
    const refreshing = new AbortController()
    const done = (async () => {
      while (!refreshing.signal.aborted) await refresh(world, rules, REFRESH_MS)
    })()
    const arrivals = new Map<string, (atMs: number) => void>()
    onFiring(world, ({ source = '' }) => arrivals.get(source)?.(performance.now()))
    const [cpuBefore, begun] = [cpuSeconds(world.evaluator.pid), performance.now()]
    const latencies: number[] = []
    for (let i = 0; i < WARM_UP + EVENTS; i++) {
      const rule = (i * 37) % rules
      const source = `svc${rule}`
      // A rule whose alert fires is quiet again before it is asked anew.
      if (i >= rules) await world.publish(source, metricOf(rule), [['0', QUIET]])
      await delay(EVERY_MS)
      const arrived = new Promise<number>((resolve) => arrivals.set(source, resolve))
      const sent = performance.now()
      await world.publish(source, metricOf(rule), [['0', OVER]])
      const latency = (await arrived) - sent
      if (i >= WARM_UP) latencies.push(latency)
    }
    const cores = (1000 * (cpuSeconds(world.evaluator.pid) - cpuBefore)) / (performance.now() - begun)
    refreshing.abort()
    await done
    return { latencies, cores, residentMiB: residentBytes(world.evaluator.pid) / 2 ** 20 }
  } finally {
    await world.stop()
  }
}

const metricOf = (rule: number) => `level_${rule % METRICS}`

function rulesOf(count: number): string {
  const rules = Array.from({ length: count }, (_, i) => ({
    alert: `High${i}`,
    expr: `${metricOf(i)}{source="svc${i}"} > 100`,
    annotations: { summary: '{{ $labels.source }} is at {{ $value }}' },
  }))
  const groups = Array.from({ length: 50 }, (_, g) => ({
    name: `g${g}`,
    rules: rules.filter((_rule, i) => i % 50 === g),
  }))
  return JSON.stringify({ groups })
}

/** Every series but the first of each rule, spread over the time. */
async function refresh(world: EvaluatorWorld, rules: number, overMs: number): Promise<void> {
  const begun = performance.now()
  for (let rule = 0; rule < rules; rule++) {
    const levels = Array.from({ length: SERIES_A_RULE }, (_, n): [string, number] => [String(n), QUIET])
    await world.publish(`svc${rule}`, metricOf(rule), overMs > 0 ? levels.slice(1) : levels)
    const ahead = (rule / rules) * overMs - (performance.now() - begun)
    if (ahead > 1) await delay(ahead)
  }
}
