import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { quantile } from './statistics.ts'
import { createFleet } from './throughput/fleet.ts'
import { startBatchReceiver } from './throughput/tocsin-receivers.ts'

const ROUNDS = 10
const SERIES = 100_000
const PROBE_MS = 1

/** Two that answer scrapes: `/metrics`, and a small answer that shows how long the event loop was held up. */
interface Target {
  readonly name: string
  readonly metrics: string
  readonly small: string
}

/** A scrape of 100,000 counters: how long it takes, and how long others wait meanwhile, beside prom-client. */
export async function scrape(rounds: number = ROUNDS): Promise<void> {
  const fleet = createFleet(SERIES)
  const collector = await startBatchReceiver(fleet)
  const peer = fork(join(import.meta.dirname, 'throughput', 'prom-client-target.ts'), [String(SERIES)])
  try {
    const timeMs = Date.now()
    await collector.send(collector.bodies(fleet, 0, timeMs), 0, timeMs)
    const [port] = (await once(peer, 'message')) as [number]
    const targets: readonly Target[] = [
      {
        name: 'Tocsin collector',
        metrics: `${collector.url}/metrics`,
        small: `${collector.url}/health/live`,
      },
      {
        name: 'prom-client',
        metrics: `http://127.0.0.1:${port}/metrics`,
        small: `http://127.0.0.1:${port}/`,
      },
    ]
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
    await stopChild(peer)
    await collector.stop()
  }
}

async function scrapeOnce({ metrics, small }: Target): Promise<{ ms: number; worstMs: number }> {
  let done = false
  let worstMs = 0
  const probing = (async () => {
    while (!done) {
      const begun = performance.now()
      await (await fetch(small)).arrayBuffer()
      worstMs = Math.max(worstMs, performance.now() - begun)
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS))
    }
  })()
  const begun = performance.now()
  const response = await fetch(metrics, { headers: { 'accept-encoding': 'identity' } })
  const { byteLength } = await response.arrayBuffer()
  const ms = performance.now() - begun
  if (byteLength < SERIES * 50) throw new Error(`${metrics}: ${byteLength} bytes are not all series`)
  done = true
  await probing
  return { ms, worstMs }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}

function spread(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`
}
