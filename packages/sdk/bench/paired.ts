import { cpus, loadavg } from 'node:os'
import { measure } from 'mitata'

const ROUNDS = 5
const SAMPLING = { min_cpu_time: 200e6, inner_gc: false }

/** Says on what the figures were measured; those of one run compare with each other only. */
export function introduce(what: string): void {
  const [cpu] = cpus()
  const load = loadavg()[0]?.toFixed(1)
  console.log(`${what}\nNode ${process.version}, ${cpus().length} cores of ${cpu?.model}, load ${load}`)
  console.log(`both in turns, ${ROUNDS} rounds; of each the median of its least disturbed round\n`)
}

/** Measures two ways of doing the same in turns, so that a noisy machine is noisy for both. */
export async function compare(
  what: string,
  names: readonly [string, string],
  theirs: () => unknown,
  ours: () => unknown,
): Promise<void> {
  let [a, b] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < ROUNDS; round++) {
    a = Math.min(a, (await measure(theirs, SAMPLING)).p50)
    b = Math.min(b, (await measure(ours, SAMPLING)).p50)
  }
  const columns = [
    what.padEnd(46),
    names[0],
    time(a),
    names[1],
    time(b),
    `${(a / b).toFixed(1)} times faster`,
  ]
  console.log(columns.join('  '))
}

function time(ns: number): string {
  const text =
    ns < 10
      ? `${ns.toFixed(1)} ns`
      : ns < 1000
        ? `${ns.toFixed(0)} ns`
        : ns < 1e6
          ? `${(ns / 1e3).toFixed(1)} µs`
          : `${(ns / 1e6).toFixed(2)} ms`
  return text.padStart(9)
}
