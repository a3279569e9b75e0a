import type { MetricDefinition } from './metric-definition.ts'

/**
 * System resources, as the host agent publishes them: names, labels and meaning are node_exporter's, so that
 * rules and dashboards written for it hold. Where its names break Prometheus' naming rules, so do these.
 */
export const hostMetrics = {
  node_boot_time_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When the machine started, in seconds since 1970.',
  },
  node_context_switches_total: { type: 'counter', labels: [], help: 'Context switches.' },
  node_cpu_seconds_total: {
    type: 'counter',
    labels: ['cpu', 'mode'],
    help: 'Seconds each CPU spent in each mode.',
  },
  node_disk_io_time_seconds_total: { type: 'counter', labels: ['device'], help: 'Seconds spent doing I/O.' },
  node_disk_read_bytes_total: { type: 'counter', labels: ['device'], help: 'Bytes read.' },
  node_disk_reads_completed_total: { type: 'counter', labels: ['device'], help: 'Reads completed.' },
  node_disk_read_time_seconds_total: {
    type: 'counter',
    labels: ['device'],
    help: 'Seconds spent by all reads.',
  },
  node_disk_write_time_seconds_total: {
    type: 'counter',
    labels: ['device'],
    help: 'Seconds spent by all writes.',
  },
  node_disk_writes_completed_total: { type: 'counter', labels: ['device'], help: 'Writes completed.' },
  node_disk_written_bytes_total: { type: 'counter', labels: ['device'], help: 'Bytes written.' },
  node_filesystem_avail_bytes: {
    type: 'gauge',
    labels: ['device', 'fstype', 'mountpoint'],
    help: 'Space in a filesystem that users other than root may use.',
  },
  node_filesystem_files: {
    type: 'gauge',
    labels: ['device', 'fstype', 'mountpoint'],
    help: 'File nodes (inodes) of a filesystem.',
  },
  node_filesystem_files_free: {
    type: 'gauge',
    labels: ['device', 'fstype', 'mountpoint'],
    help: 'Free file nodes (inodes) of a filesystem.',
  },
  node_filesystem_free_bytes: {
    type: 'gauge',
    labels: ['device', 'fstype', 'mountpoint'],
    help: 'Free space in a filesystem, what is reserved for root included.',
  },
  node_filesystem_readonly: {
    type: 'gauge',
    labels: ['device', 'fstype', 'mountpoint'],
    help: '1 when a filesystem is mounted read-only.',
  },
  node_filesystem_size_bytes: {
    type: 'gauge',
    labels: ['device', 'fstype', 'mountpoint'],
    help: 'Size of a filesystem.',
  },
  node_forks_total: { type: 'counter', labels: [], help: 'Processes and threads started.' },
  node_load1: { type: 'gauge', labels: [], help: 'Load average over 1 minute.' },
  node_load15: { type: 'gauge', labels: [], help: 'Load average over 15 minutes.' },
  node_load5: { type: 'gauge', labels: [], help: 'Load average over 5 minutes.' },
  node_memory_Buffers_bytes: { type: 'gauge', labels: [], help: 'Memory in block device buffers.' },
  node_memory_Cached_bytes: { type: 'gauge', labels: [], help: 'Memory in the page cache.' },
  node_memory_Dirty_bytes: { type: 'gauge', labels: [], help: 'Memory waiting to be written to disk.' },
  node_memory_MemAvailable_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Memory that programs can still have without swapping.',
  },
  node_memory_MemFree_bytes: { type: 'gauge', labels: [], help: 'Memory used for nothing at all.' },
  node_memory_MemTotal_bytes: { type: 'gauge', labels: [], help: "The machine's memory." },
  node_memory_SReclaimable_bytes: { type: 'gauge', labels: [], help: 'Kernel memory that can be reclaimed.' },
  node_memory_Shmem_bytes: { type: 'gauge', labels: [], help: 'Memory that is shared, tmpfs included.' },
  node_memory_Slab_bytes: { type: 'gauge', labels: [], help: "Memory of the kernel's own data structures." },
  node_memory_SwapFree_bytes: { type: 'gauge', labels: [], help: 'Free swap space.' },
  node_memory_SwapTotal_bytes: { type: 'gauge', labels: [], help: 'Swap space.' },
  node_network_receive_bytes_total: { type: 'counter', labels: ['device'], help: 'Bytes received.' },
  node_network_receive_drop_total: {
    type: 'counter',
    labels: ['device'],
    help: 'Packets dropped while receiving.',
  },
  node_network_receive_errs_total: { type: 'counter', labels: ['device'], help: 'Errors while receiving.' },
  node_network_receive_packets_total: { type: 'counter', labels: ['device'], help: 'Packets received.' },
  node_network_transmit_bytes_total: { type: 'counter', labels: ['device'], help: 'Bytes sent.' },
  node_network_transmit_drop_total: {
    type: 'counter',
    labels: ['device'],
    help: 'Packets dropped while sending.',
  },
  node_network_transmit_errs_total: { type: 'counter', labels: ['device'], help: 'Errors while sending.' },
  node_network_transmit_packets_total: { type: 'counter', labels: ['device'], help: 'Packets sent.' },
  node_procs_blocked: { type: 'gauge', labels: [], help: 'Processes waiting for I/O.' },
  node_procs_running: { type: 'gauge', labels: [], help: 'Processes that run or could.' },
  node_uname_info: {
    type: 'gauge',
    labels: ['machine', 'nodename', 'release', 'sysname', 'version'],
    help: 'Always 1; the labels say which system runs.',
  },
} as const satisfies Readonly<Record<string, Pick<MetricDefinition, 'type' | 'labels' | 'help'>>>

/** The host's metrics as the catalogue lists them. */
export const hostDefinitions: readonly MetricDefinition[] = Object.entries(hostMetrics).map(
  ([name, metric]): MetricDefinition => {
    const [, unit] = /_(seconds|bytes)(?:_total)?$/.exec(name) ?? []
    return { name, ...metric, ...(unit !== undefined && { unit: unit as 'seconds' | 'bytes' }) }
  },
)
