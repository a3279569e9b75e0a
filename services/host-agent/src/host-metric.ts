/** Everything the agent publishes: name, type, help and labels, as node_exporter has them where the meaning is the same. */
export const HOST_METRICS = {
  node_boot_time_seconds: ['gauge', 'When the machine started, in seconds since 1970.', []],
  node_context_switches_total: ['counter', 'Context switches.', []],
  node_cpu_seconds_total: ['counter', 'Seconds each CPU spent in each mode.', ['cpu', 'mode']],
  node_disk_io_time_seconds_total: ['counter', 'Seconds spent doing I/O.', ['device']],
  node_disk_read_bytes_total: ['counter', 'Bytes read.', ['device']],
  node_disk_reads_completed_total: ['counter', 'Reads completed.', ['device']],
  node_disk_read_time_seconds_total: ['counter', 'Seconds spent by all reads.', ['device']],
  node_disk_write_time_seconds_total: ['counter', 'Seconds spent by all writes.', ['device']],
  node_disk_writes_completed_total: ['counter', 'Writes completed.', ['device']],
  node_disk_written_bytes_total: ['counter', 'Bytes written.', ['device']],
  node_filesystem_avail_bytes: [
    'gauge',
    'Space in a filesystem that users other than root may use.',
    ['device', 'fstype', 'mountpoint'],
  ],
  node_filesystem_files: [
    'gauge',
    'File nodes (inodes) of a filesystem.',
    ['device', 'fstype', 'mountpoint'],
  ],
  node_filesystem_files_free: [
    'gauge',
    'Free file nodes (inodes) of a filesystem.',
    ['device', 'fstype', 'mountpoint'],
  ],
  node_filesystem_free_bytes: [
    'gauge',
    'Free space in a filesystem, what is reserved for root included.',
    ['device', 'fstype', 'mountpoint'],
  ],
  node_filesystem_readonly: [
    'gauge',
    '1 when a filesystem is mounted read-only.',
    ['device', 'fstype', 'mountpoint'],
  ],
  node_filesystem_size_bytes: ['gauge', 'Size of a filesystem.', ['device', 'fstype', 'mountpoint']],
  node_forks_total: ['counter', 'Processes and threads started.', []],
  node_load1: ['gauge', 'Load average over 1 minute.', []],
  node_load15: ['gauge', 'Load average over 15 minutes.', []],
  node_load5: ['gauge', 'Load average over 5 minutes.', []],
  node_memory_Buffers_bytes: ['gauge', 'Memory in block device buffers.', []],
  node_memory_Cached_bytes: ['gauge', 'Memory in the page cache.', []],
  node_memory_Dirty_bytes: ['gauge', 'Memory waiting to be written to disk.', []],
  node_memory_MemAvailable_bytes: ['gauge', 'Memory that programs can still have without swapping.', []],
  node_memory_MemFree_bytes: ['gauge', 'Memory used for nothing at all.', []],
  node_memory_MemTotal_bytes: ['gauge', "The machine's memory.", []],
  node_memory_SReclaimable_bytes: ['gauge', 'Kernel memory that can be reclaimed.', []],
  node_memory_Shmem_bytes: ['gauge', 'Memory that is shared, tmpfs included.', []],
  node_memory_Slab_bytes: ['gauge', "Memory of the kernel's own data structures.", []],
  node_memory_SwapFree_bytes: ['gauge', 'Free swap space.', []],
  node_memory_SwapTotal_bytes: ['gauge', 'Swap space.', []],
  node_network_receive_bytes_total: ['counter', 'Bytes received.', ['device']],
  node_network_receive_drop_total: ['counter', 'Packets dropped while receiving.', ['device']],
  node_network_receive_errs_total: ['counter', 'Errors while receiving.', ['device']],
  node_network_receive_packets_total: ['counter', 'Packets received.', ['device']],
  node_network_transmit_bytes_total: ['counter', 'Bytes sent.', ['device']],
  node_network_transmit_drop_total: ['counter', 'Packets dropped while sending.', ['device']],
  node_network_transmit_errs_total: ['counter', 'Errors while sending.', ['device']],
  node_network_transmit_packets_total: ['counter', 'Packets sent.', ['device']],
  node_procs_blocked: ['gauge', 'Processes waiting for I/O.', []],
  node_procs_running: ['gauge', 'Processes that run or could.', []],
  node_uname_info: [
    'gauge',
    'Always 1; the labels say which system runs.',
    ['machine', 'nodename', 'release', 'sysname', 'version'],
  ],
} as const satisfies Readonly<
  Record<string, readonly ['counter' | 'gauge', help: string, labels: readonly string[]]>
>

export type HostMetricName = keyof typeof HOST_METRICS

/** One reading: a counter's total since boot, or a gauge's level. */
export interface HostSample {
  readonly name: HostMetricName
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A sample, its labels left out where there are none. */
export function sample(
  name: HostMetricName,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): HostSample {
  return { name, labels, value }
}

/** Reads one part of the machine. */
export interface HostReader {
  readonly part: 'cpu' | 'memory' | 'filesystems' | 'disks' | 'network' | 'load' | 'system'
  read(): Promise<readonly HostSample[]>
}
