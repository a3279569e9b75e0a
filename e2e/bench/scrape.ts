import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { quantile } from './statistics.ts'
import { createFleet } from './throughput/fleet.ts'
import { startBatchReceiver } from './throughput/tocsin-receivers.ts'

const ROUNDS = 10
const SERIES = 100_000

/** One that answers scrapes, and small requests that show how long its event loop was held up. */
interface Target {
  readonly name: string
  readonly metrics: string
  /** Asks for the small answer. */
  readonly probe: ChildProcess
}

/** A scrape of 100,000 counters: how long it takes, and how long others wait meanwhile, beside prom-client. */
export async function scrape(rounds: number = ROUNDS): Promise<void> {
  const fleet = createFleet(SERIES)
  const collector = await startBatchReceiver(fleet)
  const peer = fork(join(import.meta.dirname, 'throughput', 'prom-client-target.ts'), [String(SERIES)])
  const targets: Target[] = []
  try {
    const timeMs = Date.now()
    await collector.send(collector.bodies(fleet, 0, timeMs), 0, timeMs)
    const [port] = (await once(peer, 'message')) as [number]
    const peerUrl = `http://127.0.0.1:${port}`
    targets.push(
      {
        name: 'Tocsin collector',
        metrics: `${collector.url}/metrics`,
        probe: startProbe(`${collector.url}/health/live`),
      },
      { name: 'prom-client', metrics: `${peerUrl}/metrics`, probe: startProbe(`${peerUrl}/`) },
    )
    const took = new Map(targets.map((one): [Target, number[]] => [one, []]))
    const waited = new Map(targets.map((one): [Target, number[]] => [one, []]))
    for (let round = -2; round < rounds; round++) {
      for (const target of targets) {
        const result = await scrapeOnce(target)
        if (round < 0) continue
        took.get(target)?.push(result.ms)
        waited.get(target)?.push(result.worstMs)
      }
    }
    console.log(
      `${SERIES} counters, ${rounds} scrapes of each in turn, not compressed; ms, median (least to most):\n`,
    )
    for (const target of targets)
      console.log(
        `${target.name.padEnd(20)} a scrape ${spread(took.get(target) ?? [])}   longest wait of another request meanwhile ${spread(waited.get(target) ?? [])}`,
      )
  } finally {
    for (const { probe } of targets) await stopChild(probe)
    await stopChild(peer)
    await collector.stop()
  }
}

const startProbe = (url: string): ChildProcess =>
  fork(join(import.meta.dirname, 'throughput', 'probe.ts'), [url])

/** The longest wait of the probe since it was last asked. Milliseconds. */
async function askProbe(probe: ChildProcess): Promise<number> {
  probe.send('worst')
  const [worstMs] = (await once(probe, 'message')) as [number]
  return worstMs
}

async function scrapeOnce({ metrics, probe }: Target): Promise<{ ms: number; worstMs: number }> {
  await askProbe(probe)
  const begun = performance.now()
  const response = await fetch(metrics, { headers: { 'accept-encoding': 'identity' } })
  const { byteLength } = await response.arrayBuffer()
  const ms = performance.now() - begun
  if (byteLength < SERIES * 50) throw new Error(`${metrics}: ${byteLength} bytes are not all series`)
  // One more answer, so that a wait that the scrape began is over.
  await delay(100)
  return { ms, worstMs: await askProbe(probe) }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}

function spread(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`
}
