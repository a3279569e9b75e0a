import { setTimeout as delay } from 'node:timers/promises'
import { startHttpSink } from '@tocsin/testkit'
import { bytesPerSample } from './rules/bytes-per-sample.ts'
import { type Contender, cpuOf, memoryOf, type Usage } from './rules/contender.ts'
import { evaluationLag } from './rules/evaluation-lag.ts'
import { CYCLE_MS, createLoad, type RuleLoad } from './rules/load.ts'
import { cpuSeconds } from './rules/process-usage.ts'
import { startPrometheusSide } from './rules/prometheus-side.ts'
import { startTocsinSide, type TocsinSide } from './rules/tocsin-side.ts'
import { startVictoriaSide, VICTORIA_MISSING } from './rules/victoria-side.ts'
import { quantile } from './statistics.ts'

const ROUNDS = 4
const SERVICES = 1000
const CYCLES_A_ROUND = 12
// The windows fill, code is compiled, memory finds its size.
const WARM_UP_CYCLES = 18
// Among the load above, other processes would be measured: here the evaluator is alone.
const LATENCY_EVENTS = 800
const LATENCY_EVERY_MS = 10

/**
 * 1,000 alert rules over 20,000 series with a sample every 5 s: processor time of a cycle, memory, and the time from an
 * event to its rule evaluated. All contenders run at the same time, each with the rules and once without, so that every
 * difference and ratio is of the same half minute.
 */
export async function rules(rounds: number = ROUNDS): Promise<void> {
  const load = createLoad(SERVICES)
  let page = load.exposition()
  const target = await startHttpSink({
    answer: () => ({ headers: { 'Content-Type': 'text/plain; version=0.0.4' }, body: page }),
  })
  const started: { stop(): Promise<void> }[] = [target]
  const keep = <T extends { stop(): Promise<void> } | undefined>(one: T): T => {
    if (one) started.push(one)
    return one
  }
  try {
    const address = `127.0.0.1:${target.port}`
    const tocsin = keep(await startTocsinSide(load))
    const prometheus = keep(await startPrometheusSide(load, address))
    const victoria = keep(await startVictoriaSide(load, address))
    const contenders: Contender[] = [tocsin, prometheus, ...(victoria ? [victoria] : [])]
    console.log(
      `${load.services} rules over ${load.series} series, a sample every ${CYCLE_MS / 1000} s; ${rounds} rounds of ${CYCLES_A_ROUND} cycles`,
    )
    console.log(contenders.map(({ name, version }) => `${name} ${version}`).join(', '))
    if (!victoria) console.log(VICTORIA_MISSING)

    const idle = new Map(contenders.map((one) => [one, memoryOf(one)]))
    let beginMs = Date.now()
    const runCycles = async (count: number) => {
      for (let i = 0; i < count; i++) {
        load.advance()
        page = load.exposition()
        target.clear()
        await tocsin.publishCycle(load, beginMs)
        beginMs += CYCLE_MS
        await delay(Math.max(0, beginMs - Date.now()))
      }
    }
    await runCycles(WARM_UP_CYCLES)
    const samples = new Map(contenders.map((one): [Contender, Usage[]] => [one, []]))
    const nats: number[] = []
    for (let round = 0; round < rounds; round++) {
      const begun = contenders.map(cpuOf)
      const natsBegun = natsSeconds(tocsin)
      await runCycles(CYCLES_A_ROUND)
      contenders.forEach((one, i) => {
        const now = cpuOf(one)
        const each = (key: keyof Usage) => (now[key] - (begun[i]?.[key] ?? 0)) / CYCLES_A_ROUND
        samples.get(one)?.push({ withRules: each('withRules'), withoutRules: each('withoutRules') })
      })
      nats.push((natsSeconds(tocsin) - natsBegun) / CYCLES_A_ROUND)
    }
    reportCpu(samples, prometheus)
    await reportMemory(load, idle)
    console.log(`nats-server beside the evaluator: ${spread(nats, 3)} s a cycle`)
    await Promise.all([prometheus.stop(), victoria?.stop()])
    const before = await evaluationLag(tocsin.evaluator.url)
    load.advance()
    await tocsin.publishSingly(load, LATENCY_EVENTS, LATENCY_EVERY_MS)
    const lag = (await evaluationLag(tocsin.evaluator.url)).since(before)
    console.log(
      `\nfrom NATS' storing an event to its rule evaluated, with all rules loaded (tocsin_event_lag_seconds, ${lag.count} messages): ` +
        `median ${(lag.quantile(0.5) * 1000).toFixed(2)} ms, 99 % ${(lag.quantile(0.99) * 1000).toFixed(2)} ms`,
    )
  } finally {
    for (const one of started.reverse()) await one.stop()
  }
  await bytesPerSample()
}

const natsSeconds = ({ nats }: TocsinSide) => nats().reduce((sum, pid) => sum + cpuSeconds(pid), 0)

function reportCpu(samples: ReadonlyMap<Contender, readonly Usage[]>, peer: Contender): void {
  const ofRules = ({ withRules, withoutRules }: Usage) => withRules - withoutRules
  const peers = samples.get(peer) ?? []
  console.log(
    '\nCPU seconds a cycle, median (5 % to 95 %); the ratio is that of the rules alone, by round:\n',
  )
  for (const [contender, usages] of samples) {
    const ratios = usages.map((usage, i) => ofRules(peers[i] ?? usage) / ofRules(usage))
    console.log(
      [
        contender.name.padEnd(26),
        `in all ${spread(
          usages.map((usage) => usage.withRules),
          3,
        )}`,
        `without rules ${spread(
          usages.map((usage) => usage.withoutRules),
          3,
        )}`,
        `rules alone ${spread(usages.map(ofRules), 3)}`,
        contender === peer ? '' : `Prometheus' is ${spread(ratios, 1)} times this`,
      ].join('   '),
    )
  }
}

/** Resident memory of the processes as the kernel counts it; of a series, what it grew by since before the first sample. */
async function reportMemory(load: RuleLoad, idle: ReadonlyMap<Contender, Usage>): Promise<void> {
  console.log('\nResident memory (VmRSS of the processes), and alerts that fire:\n')
  for (const [contender, before] of idle) {
    const { withRules, withoutRules } = memoryOf(contender)
    const firing = await contender.firing()
    console.log(
      `${contender.name.padEnd(26)}with rules ${mebibytes(withRules)}   without ${mebibytes(withoutRules)}, ` +
        `idle ${mebibytes(before.withoutRules)}: ${((withoutRules - before.withoutRules) / load.series / 1024).toFixed(1)} KiB a series   ${firing} firing` +
        (firing === load.firing ? '' : `, ${load.firing} should`),
    )
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`

function spread(values: readonly number[], digits: number): string {
  const [low, middle, high] = [0.05, 0.5, 0.95].map((share) => quantile(values, share).toFixed(digits))
  return `${middle} (${low} to ${high})`
}
