import { cpuSeconds, residentBytes } from './rules/process-usage.ts'
import { quantile } from './statistics.ts'
import type { Body } from './throughput/bodies.ts'
import { createFleet } from './throughput/fleet.ts'
import { startPeerReceivers } from './throughput/peer-receivers.ts'
import { pinSender, type Receiver } from './throughput/receiver.ts'
import { startTocsinReceivers } from './throughput/tocsin-receivers.ts'

const ROUNDS = 3
const SERIES = 20_000
const CYCLES_A_ROUND = 50
// Until what every contender keeps raw of a series is full once, and packed: before, it is memory that is measured.
const WARM_UP_ROUNDS = 3
const CYCLE_MS = 1000

interface Measured {
  /** Samples a second of wall time. */
  readonly rates: number[]
  /** Microseconds of processor time a sample. */
  readonly costs: number[]
}

/**
 * Samples a second that one core takes, by each way in, with 20,000 series: Tocsin's collector, with NATS and whoever
 * sends on the other core, beside its peers. One works at a time, in turn by rounds.
 */
export async function throughput(rounds: number = ROUNDS): Promise<void> {
  pinSender(process.pid)
  const fleet = createFleet(SERIES)
  const receivers: Receiver[] = []
  try {
    receivers.push(...(await startTocsinReceivers(fleet)), ...(await startPeerReceivers(fleet)))
    console.log(
      `${SERIES} series, ${rounds} rounds of ${CYCLES_A_ROUND} samples of each; one core to receive, one to send`,
    )
    const cycles = (WARM_UP_ROUNDS + rounds) * CYCLES_A_ROUND
    const begunMs = Date.now() - cycles * CYCLE_MS
    const results = new Map(receivers.map((one): [Receiver, Measured] => [one, { rates: [], costs: [] }]))
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      const first = (round + WARM_UP_ROUNDS) * CYCLES_A_ROUND
      for (const receiver of receivers) {
        const bodies: Body[] = []
        for (let cycle = first; cycle < first + CYCLES_A_ROUND; cycle++)
          bodies.push(...receiver.bodies(fleet, cycle, begunMs + cycle * CYCLE_MS))
        const cpu = cpuSeconds(receiver.pid)
        const last = first + CYCLES_A_ROUND - 1
        const seconds = (await receiver.send(bodies, last, begunMs + last * CYCLE_MS)) / 1000
        const samples = CYCLES_A_ROUND * SERIES
        if (round < 0) continue
        results.get(receiver)?.rates.push(samples / seconds)
        results.get(receiver)?.costs.push(((cpuSeconds(receiver.pid) - cpu) * 1e6) / samples)
      }
    }
    report(results)
  } finally {
    for (const one of receivers.reverse()) await one.stop()
  }
}

function report(results: ReadonlyMap<Receiver, Measured>): void {
  console.log(`\n${'samples a second, median (least to most)'.padEnd(76)}processor time, memory after it\n`)
  for (const [{ name, version, pid }, { rates, costs }] of results) {
    const rate = `${thousands(quantile(rates, 0.5))} (${thousands(Math.min(...rates))} to ${thousands(Math.max(...rates))})`
    const cost = `${quantile(costs, 0.5).toFixed(2)} us a sample, ${Math.round(residentBytes(pid) / 2 ** 20)} MiB`
    console.log(`${`${name} (${version})`.padEnd(76)}${rate.padEnd(40)}${cost}`)
  }
  const [batches] = results.values()
  console.log('\nSDK batches take so many times the samples of, by round:')
  for (const [{ name }, { rates }] of results) {
    const ratios = rates.map((rate, i) => (batches?.rates[i] ?? Number.NaN) / rate)
    if (rates !== batches?.rates)
      console.log(
        `  ${name.padEnd(50)}${quantile(ratios, 0.5).toFixed(1)} (${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)})`,
      )
  }
}

const thousands = (n: number): string => `${Math.round(n / 1000).toLocaleString('en')} k`
