import { readFileSync, statfsSync } from 'node:fs'
import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os'

/** One reading of a host metric, named as node_exporter names it. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const CPU_MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal']
const DISK_FIELDS = [
  'reads_completed',
  'reads_merged',
  'sectors_read',
  'read_ms',
  'writes_completed',
  'writes_merged',
  'sectors_written',
  'write_ms',
  'io_now',
  'io_ms',
  'io_weighted_ms',
]
const NET_FIELDS = [
  'receive_bytes',
  'receive_packets',
  'receive_errs',
  'receive_drop',
  '',
  '',
  '',
  '',
  'transmit_bytes',
  'transmit_packets',
  'transmit_errs',
  'transmit_drop',
]

/** This host's CPU, memory, disk, network, load and kernel counters as they are now (Linux; elsewhere fewer). */
export function readHostMetrics(): Reading[] {
  const readings: Reading[] = []
  const add = (name: string, value: number, labels: Record<string, string> = {}) => {
    if (Number.isFinite(value))
      readings.push({ labels: { __name__: name, instance: 'host', ...labels }, value })
  }
  for (const [cpu, { times }] of cpus().entries())
    for (const [mode, ms] of Object.entries(times))
      add('os_cpu_seconds_total', ms / 1000, { cpu: String(cpu), mode })
  for (const [i, load] of loadavg().entries()) add('node_load', load, { minutes: ['1', '5', '15'][i] ?? '' })
  add('os_memory_free_ratio', freemem() / totalmem())
  add('os_uptime_seconds', uptime())
  for (const [cpu, ...ticks] of rows('/proc/stat').filter(([name]) => name?.startsWith('cpu')))
    for (const [i, mode] of CPU_MODES.entries())
      add('node_cpu_seconds_total', Number(ticks[i]) / 100, { cpu: cpu ?? '', mode })
  for (const [name, count] of rows('/proc/stat').filter(([name]) => !name?.startsWith('cpu')))
    add(`node_stat_${name}`, Number(count))
  for (const [name, kib] of rows('/proc/meminfo'))
    add(`node_memory_${name?.replace(':', '')}_bytes`, Number(kib) * 1024)
  for (const [name, count] of rows('/proc/vmstat')) add(`node_vmstat_${name}`, Number(count))
  for (const [, , device, ...fields] of rows('/proc/diskstats'))
    for (const [i, field] of DISK_FIELDS.entries())
      add(`node_disk_${field}`, Number(fields[i]), { device: device ?? '' })
  for (const [device, ...fields] of rows('/proc/net/dev').slice(2))
    for (const [i, field] of NET_FIELDS.entries())
      if (field !== '') add(`node_network_${field}_total`, Number(fields[i]), { device: device ?? '' })
  const disk = statfsSync('/')
  add('node_filesystem_avail_bytes', disk.bavail * disk.bsize)
  add('node_filesystem_files_free', disk.ffree)
  for (const [name, value] of Object.entries(process.memoryUsage())) add(`nodejs_memory_${name}_bytes`, value)
  return readings
}

function rows(path: string): string[][] {
  try {
    return readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
  } catch {
    return []
  }
}
