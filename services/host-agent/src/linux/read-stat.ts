import { type HostSample, sample } from '../host-metric.ts'

/** The columns of a `cpu` line; guest time is left out, since `user` and `nice` already hold it. */
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const
/** What the kernel counts CPU time in towards programs (USER_HZ), on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

/** CPU time, context switches, processes and boot time from the text of `/proc/stat`. */
export function parseStat(text: string): readonly HostSample[] {
  const samples: HostSample[] = []
  for (const line of text.split('\n')) {
    const [key = '', ...columns] = line.trim().split(/\s+/)
    const value = Number(columns[0])
    if (/^cpu\d+$/.test(key)) samples.push(...cpuSamples(key.slice('cpu'.length), columns))
    else if (key === 'ctxt') samples.push(sample('node_context_switches_total', value))
    else if (key === 'btime') samples.push(sample('node_boot_time_seconds', value))
    else if (key === 'processes') samples.push(sample('node_forks_total', value))
    else if (key === 'procs_running') samples.push(sample('node_procs_running', value))
    else if (key === 'procs_blocked') samples.push(sample('node_procs_blocked', value))
  }
  return samples
}

function cpuSamples(cpu: string, columns: readonly string[]): readonly HostSample[] {
  return MODES.flatMap((mode, i) => {
    const ticks = columns[i]
    // Old kernels have fewer columns.
    if (ticks === undefined) return []
    return [sample('node_cpu_seconds_total', Number(ticks) / TICKS_PER_SECOND, { cpu, mode })]
  })
}
