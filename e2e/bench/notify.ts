import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Contender, startNotifier, startPeer } from './notify/contenders.ts'
import { cpuSeconds, residentBytes } from './rules/process-usage.ts'
import { quantile } from './statistics.ts'
import { pin, pinSender, postAll, RECEIVING } from './throughput/receiver.ts'

const ROUNDS = 5
const ALERTS = 10_000
/** As many as Prometheus sends at once. */
const A_BATCH = 64
const GIVE_UP_MS = 120_000

interface Measured {
  readonly rates: number[]
  readonly p99s: number[]
  readonly costs: number[]
}

/**
 * 10,000 distinct alerts at once, each a group of its own, to one webhook: the notifier beside Alertmanager, in turn. First
 * both with all their processes on one core, the sender and the webhook on the other; then all on both cores.
 */
export async function notify(rounds: number = ROUNDS): Promise<void> {
  for (const cores of ['one', 'both'] as const) await compare(rounds, cores)
}

async function compare(rounds: number, cores: 'one' | 'both'): Promise<void> {
  const sink = fork(join(import.meta.dirname, 'notify', 'webhook-sink.ts'))
  const contenders: Contender[] = []
  try {
    const [port] = (await once(sink, 'message')) as [number]
    const sinkUrl = `http://127.0.0.1:${port}/`
    contenders.push(await startNotifier(sinkUrl), await startPeer(sinkUrl))
    if (cores === 'one') {
      pinSender(process.pid)
      pinSender(sink.pid ?? 0)
      for (const pid of contenders.flatMap(({ pids }) => pids)) pin(pid, RECEIVING)
    }
    const results = new Map(
      contenders.map((one): [Contender, Measured] => [one, { rates: [], p99s: [], costs: [] }]),
    )
    for (let round = -1; round < rounds; round++)
      for (const contender of contenders) {
        const told = await tellAll(contender, `${cores}-${round}`, sink)
        if (round < 0) continue
        const result = results.get(contender)
        result?.rates.push(told.rate)
        result?.p99s.push(told.p99Ms)
        result?.costs.push(told.cpuSeconds)
      }
    report(results, cores)
  } finally {
    sink.kill()
    for (const one of contenders) await one.stop()
  }
}

async function tellAll({ url, pids }: Contender, round: string, sink: ChildProcess) {
  const bodies = batchesOf(round)
  const cpu = cpuOf(pids)
  const sentMs = new Map<string, number>()
  const begunMs = Date.now()
  await postAll(
    bodies.map(({ bytes }) => ({ source: 'bench', bytes })),
    (_body, i) => {
      for (const id of bodies[i]?.ids ?? []) sentMs.set(id, Date.now())
      return `${url}/api/v2/alerts`
    },
    { 'content-type': 'application/json' },
  )
  const cameMs = new Map<string, number>()
  while (cameMs.size < ALERTS) {
    if (Date.now() - begunMs > GIVE_UP_MS) throw new Error(`${url} told ${cameMs.size} of ${ALERTS} alerts`)
    await delay(50)
    for (const [id, timeMs] of await takeFrom(sink)) if (!cameMs.has(id)) cameMs.set(id, timeMs)
  }
  const lastMs = Math.max(...cameMs.values())
  const waits = [...cameMs].map(([id, timeMs]) => timeMs - (sentMs.get(id) ?? Number.NaN))
  return {
    rate: (ALERTS * 1000) / (lastMs - begunMs),
    p99Ms: quantile(waits, 0.99),
    cpuSeconds: cpuOf(pids) - cpu,
  }
}

function batchesOf(round: string) {
  const endsAt = new Date(Date.now() + 3_600_000).toISOString()
  const ids = Array.from({ length: ALERTS }, (_, i) => `${round}-${i}`)
  const batches: { ids: string[]; bytes: Buffer }[] = []
  for (let from = 0; from < ids.length; from += A_BATCH) {
    const some = ids.slice(from, from + A_BATCH)
    const alerts = some.map((id) => ({
      labels: { alertname: 'HighErrorRate', severity: 'critical', service: 'shop', instance: 'shop-1', id },
      annotations: { summary: `Too many requests of ${id} fail`, description: 'Seen for 5 minutes' },
      generatorURL: 'http://localhost:3003/graph',
      endsAt,
    }))
    batches.push({ ids: some, bytes: Buffer.from(JSON.stringify(alerts)) })
  }
  return batches
}

async function takeFrom(sink: ChildProcess): Promise<readonly [id: string, timeMs: number][]> {
  sink.send('take')
  const [came] = (await once(sink, 'message')) as [[string, number][]]
  return came
}

const cpuOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)

function report(results: ReadonlyMap<Contender, Measured>, cores: 'one' | 'both'): void {
  const where =
    cores === 'one' ? 'on one core, sender and webhook on the other' : 'on two cores with sender and webhook'
  console.log(`\n${ALERTS} alerts at once, ${where}; median (least to most)\n`)
  for (const [{ name, pids }, { rates, p99s, costs }] of results) {
    const memory = pids.map((pid) => Math.round(residentBytes(pid) / 2 ** 20)).join(' + ')
    console.log(
      `${name.padEnd(34)} ${spread(rates)} alerts/s   p99 ${spread(p99s)} ms   ${quantile(costs, 0.5).toFixed(2)} CPU s   ${memory} MiB`,
    )
  }
  const [ours, theirs] = [...results.values()]
  const ratios = ours?.rates.map((rate, i) => rate / (theirs?.rates[i] ?? Number.NaN)) ?? []
  console.log(
    `ratio by round ${quantile(ratios, 0.5).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  )
}

function spread(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`
}
