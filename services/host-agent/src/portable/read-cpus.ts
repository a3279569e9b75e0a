import type { CpuInfo } from 'node:os'
import { type HostSample, sample } from '../host-metric.ts'

/** Node's names of CPU modes, and node_exporter's. */
const MODES = [
  ['user', 'user'],
  ['nice', 'nice'],
  ['sys', 'system'],
  ['idle', 'idle'],
  ['irq', 'irq'],
] as const

/** CPU time as every system gives it to Node. */
export function cpuSamples(cpus: readonly Pick<CpuInfo, 'times'>[]): readonly HostSample[] {
  return cpus.flatMap(({ times }, cpu) =>
    MODES.map(([from, mode]) =>
      sample('node_cpu_seconds_total', times[from] / 1000, { cpu: String(cpu), mode }),
    ),
  )
}
