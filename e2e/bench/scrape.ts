import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '@tocsin/testkit'
import { quantile } from './statistics.ts'
import { createFleet } from './throughput/fleet.ts'
import { pin, RECEIVING } from './throughput/receiver.ts'
import { startBatchReceiver } from './throughput/tocsin-receivers.ts'

const ROUNDS = 10
const SERIES = 100_000
const LOOP_WATCH = join(import.meta.dirname, 'throughput', 'loop-watch.ts')

const run = promisify(execFile)

/** One that answers scrapes, and tells how long its event loop stood still. */
interface Target {
  readonly name: string
  readonly metrics: string
  readonly watch: string
}

/** A scrape of 100,000 counters: how long it takes, and how long all else in that process waits, beside prom-client. */
export async function scrape(rounds: number = ROUNDS): Promise<void> {
  const fleet = createFleet(SERIES)
  const watches = [await freePort(), await freePort()] as const
  const collector = await startBatchReceiver(fleet, watched(watches[0]))
  const peer = fork(join(import.meta.dirname, 'throughput', 'prom-client-target.ts'), [String(SERIES)], {
    env: { ...process.env, ...watched(watches[1]) },
  })
  const targets: Target[] = []
  try {
    const timeMs = Date.now()
    await collector.send(collector.bodies(fleet, 0, timeMs), 0, timeMs)
    const [port] = (await once(peer, 'message')) as [number]
    pin(peer.pid ?? 0, RECEIVING)
    targets.push(
      { name: 'Tocsin collector', metrics: `${collector.url}/metrics`, watch: urlOf(watches[0]) },
      { name: 'prom-client', metrics: `http://127.0.0.1:${port}/metrics`, watch: urlOf(watches[1]) },
    )
    const took = new Map(targets.map((one): [Target, number[]] => [one, []]))
    const stood = new Map(targets.map((one): [Target, number[]] => [one, []]))
    for (let round = -2; round < rounds; round++) {
      for (const target of targets) {
        const result = await scrapeOnce(target)
        if (round < 0) continue
        took.get(target)?.push(result.ms)
        stood.get(target)?.push(result.worstMs)
      }
    }
    console.log(
      `${SERIES} counters, ${rounds} scrapes of each in turn by curl, not compressed; ms, median (least to most):\n`,
    )
    for (const target of targets)
      console.log(
        `${target.name.padEnd(20)} a scrape ${spread(took.get(target) ?? [])}   longest that its event loop stood still ${spread(stood.get(target) ?? [])}`,
      )
  } finally {
    await stopChild(peer)
    await collector.stop()
  }
}

function watched(port: number): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import ${LOOP_WATCH}`, LOOP_WATCH_PORT: String(port) }
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}/`

/** How long the event loop stood still at most since this was last asked. Milliseconds. */
async function askWatch(url: string): Promise<number> {
  return Number(await (await fetch(url)).text())
}

/** By a client that costs little: 14 MB in an array of Node's own take longer to receive than to send. */
async function scrapeOnce({ metrics, watch }: Target): Promise<{ ms: number; worstMs: number }> {
  await askWatch(watch)
  const { stdout } = await run('curl', [
    ...['-sS', '--fail', '-o', '/dev/null'],
    ...['-w', '%{time_total} %{size_download}', metrics],
  ])
  const [seconds = Number.NaN, bytes = 0] = stdout.split(' ').map(Number)
  if (bytes < SERIES * 50) throw new Error(`${metrics}: ${bytes} bytes are not all series`)
  // A collection of garbage that the scrape made necessary may come after it.
  await delay(100)
  return { ms: seconds * 1000, worstMs: await askWatch(watch) }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}

function spread(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`
}
