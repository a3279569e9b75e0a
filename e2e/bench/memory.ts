import { setTimeout as delay } from 'node:timers/promises'
import { residentBytes } from './rules/process-usage.ts'
import { createFleet } from './throughput/fleet.ts'
import { startStores } from './throughput/peer-receivers.ts'
import type { Receiver } from './throughput/receiver.ts'
import { startBatchReceiver } from './throughput/tocsin-receivers.ts'

const SIZES = [100_000, 1_000_000]
const CYCLES = 8
const CYCLE_MS = 15_000
const BETWEEN_MS = 2000

/** Resident memory of a process that keeps series: when it has none, and after some samples of each. */
export async function memory(): Promise<void> {
  console.log(`resident memory of the whole process, ${CYCLES} samples of each series:\n`)
  for (const size of SIZES) {
    const fleet = createFleet(size)
    const stores: Receiver[] = []
    try {
      stores.push(await startBatchReceiver(fleet), ...(await startStores(fleet)))
      const begunMs = Date.now() - CYCLES * CYCLE_MS
      for (const { name, version, pid, bodies, send } of stores) {
        const idle = residentBytes(pid)
        for (let cycle = 0; cycle < CYCLES; cycle++) {
          const timeMs = begunMs + cycle * CYCLE_MS
          await send(bodies(fleet, cycle, timeMs), cycle, timeMs)
          await delay(BETWEEN_MS)
        }
        const full = residentBytes(pid)
        const perSeries = Math.round((full - idle) / size)
        console.log(
          `${size.toLocaleString('en')} series  ${`${name} (${version})`.padEnd(60)}${mebibytes(idle)} at first, ${mebibytes(full)} with them: ${perSeries} bytes a series`,
        )
      }
    } finally {
      for (const one of stores.reverse()) await one.stop()
    }
  }
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
