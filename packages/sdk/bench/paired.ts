import { cpus, loadavg } from 'node:os'
import { measure } from 'mitata'

const ROUNDS = 5
const SAMPLING = { min_cpu_time: 200e6, inner_gc: false }

/** Says on what the figures were measured; those of one run compare with each other only. */
export function introduce(what: string): void {
  const [cpu] = cpus()
  console.log(
    `${what}\nNode ${process.version}, ${cpus().length} cores of ${cpu?.model}, load ${loadavg()[0]?.toFixed(1)}`,
  )
  console.log(`median of ${ROUNDS} rounds' medians, both in turns\n`)
}

/** Measures two ways of doing the same in turns, so that a noisy machine is noisy for both. */
export async function compare(
  what: string,
  names: readonly [string, string],
  theirs: () => unknown,
  ours: () => unknown,
): Promise<void> {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, way] of [theirs, ours].entries()) times[i]?.push((await measure(way, SAMPLING)).p50)
  const [a, b] = times.map((list) => list.sort((x, y) => x - y)[Math.floor(ROUNDS / 2)] ?? 0) as [
    number,
    number,
  ]
  console.log(
    `${what.padEnd(44)} ${names[0]} ${time(a).padStart(9)}   ${names[1]} ${time(b).padStart(9)}   ${(a / b).toFixed(1)} times faster`,
  )
}

function time(ns: number): string {
  if (ns < 1000) return `${ns.toFixed(ns < 10 ? 1 : 0)} ns`
  return ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(2)} ms`
}
