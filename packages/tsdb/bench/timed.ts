/**
 * Runs a step until a second has passed, thrice, and prints the median cost of one of the `units` that a step does.
 * Costs are CPU time of the whole process, garbage collection included: the wall clock of a shared machine says less.
 */
export function measure(name: string, units: number, step: () => void): number {
  for (let i = 0; i < 3; i++) step()
  const costs = [0, 1, 2].map(() => {
    const begin = performance.now()
    const cpu = process.cpuUsage()
    let steps = 0
    while (performance.now() - begin < 1_000) {
      step()
      steps++
    }
    const { user, system } = process.cpuUsage(cpu)
    return ((user + system) * 1e3) / (steps * units)
  })
  const median = costs.sort((a, b) => a - b)[1] ?? 0
  console.log(`${name.padEnd(58)} ${format(median)}  (${costs.map(format).join(', ')})`)
  return median
}

function format(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(0)} ns`
  return nanoseconds < 1e6 ? `${(nanoseconds / 1e3).toFixed(2)} us` : `${(nanoseconds / 1e6).toFixed(2)} ms`
}
