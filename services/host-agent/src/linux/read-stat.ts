import { type HostMetricName, type HostSample, sample } from '../host-metric.ts'

/** The columns of a `cpu` line. */
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const
/** Time in guests, in the columns behind; `user` and `nice` hold it as well. */
const GUEST_MODES = ['user', 'nice'] as const
/** What the kernel counts CPU time in towards programs (USER_HZ), on every architecture that Node runs on. */
export const TICKS_PER_SECOND = 100

const SINGLE: Readonly<Record<string, HostMetricName>> = {
  intr: 'node_intr_total',
  ctxt: 'node_context_switches_total',
  btime: 'node_boot_time_seconds',
  processes: 'node_forks_total',
  procs_running: 'node_procs_running',
  procs_blocked: 'node_procs_blocked',
}

/** CPU time, interrupts, context switches, processes and boot time from the text of `/proc/stat`. */
export function parseStat(text: string): readonly HostSample[] {
  return text.split('\n').flatMap((line) => {
    const [key = '', ...columns] = line.trim().split(/\s+/)
    if (/^cpu\d+$/.test(key)) return cpuSamples(key.slice('cpu'.length), columns)
    const name = Object.hasOwn(SINGLE, key) ? SINGLE[key] : undefined
    return name === undefined ? [] : [sample(name, Number(columns[0]))]
  })
}

function cpuSamples(cpu: string, columns: readonly string[]): readonly HostSample[] {
  // Old kernels have fewer columns.
  const seconds = (name: HostMetricName, modes: readonly string[], from: number) =>
    modes.flatMap((mode, i) => {
      const ticks = columns[from + i]
      return ticks === undefined ? [] : [sample(name, Number(ticks) / TICKS_PER_SECOND, { cpu, mode })]
    })
  return [
    ...seconds('node_cpu_seconds_total', MODES, 0),
    ...seconds('node_cpu_guest_seconds_total', GUEST_MODES, MODES.length),
  ]
}
